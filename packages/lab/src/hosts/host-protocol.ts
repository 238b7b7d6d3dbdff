import type { LabErrorCode } from '../errors.ts';

/** A request to a host process. */
export interface HostCall {
  id: number;
  method: string;
  argument: unknown;
}

/** A host process's reply to the call of the same id. */
export type HostReply =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; code: LabErrorCode; message: string };

/** What a host process serves: methods of one argument each, so that a batch is one message each way. */
export type HostMethods<T> = { [K in keyof T]: (argument: never) => Promise<unknown> };
