import type { DataType, Field } from '../ir.ts';
import { jsDoc, quote } from './text.ts';

/** TypeScript text of a type. */
export function typeText(type: DataType): string {
  switch (type.kind) {
    case 'ref':
      return type.name;
    case 'object':
      return `{ ${type.fields.map(fieldText).join('; ')} }`;
    case 'array': {
      const items = typeText(type.items);
      return /^\w+$/.test(items) ? `${items}[]` : `(${items})[]`;
    }
    case 'string':
      return 'string';
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'enum':
      return type.values.map(quote).join(' | ');
    case 'union':
      return type.variants.map(typeText).join(' | ');
  }
}

/** The properties of an interface, one a line, with their sentences. */
export function memberLines(fields: readonly Field[]): string {
  return fields.map((field) => `${jsDoc(field.doc, '  ')}  ${fieldText(field)};\n`).join('');
}

/** The records that a type names. */
export function refs(type: DataType): string[] {
  switch (type.kind) {
    case 'ref':
      return [type.name];
    case 'object':
      return type.fields.flatMap((field) => refs(field.type));
    case 'array':
      return refs(type.items);
    case 'union':
      return type.variants.flatMap(refs);
    default:
      return [];
  }
}

function fieldText(field: Field): string {
  return `${field.name}${field.optional ? '?' : ''}: ${typeText(field.type)}`;
}
