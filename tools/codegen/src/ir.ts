/**
 * What codegen knows of the model, free of XState and of ts-morph: both sit behind one module each, so that a new major
 * version of either (XState 6 turns transitions into functions) touches one file.
 *
 * @module
 */

/** A transition as drawn: at most one guard, actions by name. No target: the state stays. */
export interface Edge {
  source: string;
  event: string;
  guard?: string;
  target?: string;
  actions: string[];
}

/** A flat statechart. */
export interface Machine {
  /** Name of the constant that is exported. */
  exportName: string;
  /** XState's id, as diagrams show it. */
  id: string;
  file: string;
  initial: string;
  states: { name: string; final: boolean; doc?: string }[];
  events: string[];
  edges: Edge[];
  /** Actions that the machine declares as commands. */
  commands: string[];
}

/** A type of the records, with the limits that its JSDoc tags state. */
export type DataType =
  | { kind: 'ref'; name: string }
  | { kind: 'object'; fields: Field[] }
  | { kind: 'array'; items: DataType; maxItems?: number; uniqueBy?: string[] }
  | { kind: 'string'; pattern?: string; format?: StringFormat }
  | { kind: 'integer'; minimum: number; maximum: number }
  | { kind: 'boolean' }
  | { kind: 'enum'; values: string[] }
  | { kind: 'union'; variants: DataType[] };

/** The string formats that schemas know. */
export type StringFormat = 'ipv4' | 'cidrv4' | 'date-time';

/** A property of an object type. */
export interface Field {
  name: string;
  type: DataType;
  optional: boolean;
  doc: string;
}

/** An exported type of the records. */
export interface NamedType {
  name: string;
  doc: string;
  type: DataType;
}

/** A command: its name, and the fields that travel with it. */
export interface Command {
  name: string;
  doc: string;
  fields: Field[];
}

/** All that is generated from. */
export interface Model {
  machines: Machine[];
  records: NamedType[];
  commands: Command[];
}
