/** Stable codes of {@link TourError}. */
export type TourErrorCode = 'TOUR_GRAPH_INVALID' | 'TOUR_GRAPH_TOO_LARGE' | 'TOUR_REPLAY_FAILED' | 'TOUR_ARGUMENT';

/** What the tours throw. `code` is stable; `message` says what to do. */
export class TourError extends Error {
  override readonly name = 'TourError';
  readonly code: TourErrorCode;

  constructor(code: TourErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
