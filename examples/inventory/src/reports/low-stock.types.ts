/** A product of which less is on hand than its reorder point. */
export interface LowStockLine {
  readonly productId: number;
  readonly sku: string;
  readonly name: string;
  readonly reorderPoint: number;
  readonly onHand: number;
  /** Pieces sold in the last thirty days. */
  readonly soldLately: number;
}

export interface LowStockRequest {
  /** Products after this id: the last one of the page before. */
  readonly after: number;
  readonly limit: number;
}

export type LowStockReport = (request: LowStockRequest) => Promise<LowStockLine[]>;

/** The moment thirty days ago. */
export function thirtyDaysAgo(): Date {
  return new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
}
