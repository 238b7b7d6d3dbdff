/** An event that the model does not allow in this state. The message says why, as an API may tell its caller. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code = 'EVENT_NOT_POSSIBLE';
}
