/**
 * The only module that knows ts-morph. It reads the records, the payloads of commands and the event types of machines.
 * ts-morph brings its own TypeScript 6 and leaves the workspace's TypeScript 7 alone.
 *
 * @module
 */
import { basename, dirname, join } from 'node:path';
import {
  type InterfaceDeclaration,
  type JSDoc,
  Node,
  Project,
  type PropertySignature,
  type SourceFile,
  type TypeAliasDeclaration,
  type TypeNode,
  ts,
} from 'ts-morph';
import { CodegenError } from './errors.ts';
import type { Command, DataType, Field, NamedType } from './ir.ts';
import { applyTags, readTags } from './tags.ts';

type Declaration = InterfaceDeclaration | TypeAliasDeclaration;

/** Reads types from source files. */
export interface TypeReader {
  /** Every exported interface and type alias, in the order of the file. */
  records(file: string): NamedType[];
  /** The properties of `interface CommandPayloads`; the types that they name come from `recordsFile`. */
  payloads(file: string, recordsFile: string): Command[];
  /** The `type`s of the events that a machine is typed for, sorted. */
  eventTypes(file: string, exportName: string): string[];
}

/** Opens a reader. The first question costs about two seconds, the others milliseconds. */
export function openTypes(): TypeReader {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    compilerOptions: {
      strict: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    },
  });
  return {
    records: (file) => {
      const source = project.addSourceFileAtPath(file);
      return exportedTypes(source).map((declaration) => readNamed(declaration, source));
    },
    payloads: (file, recordsFile) =>
      readPayloads(project.addSourceFileAtPath(file), project.addSourceFileAtPath(recordsFile)),
    eventTypes: (file, exportName) => readEventTypes(project, file, exportName),
  };
}

function exportedTypes(source: SourceFile): Declaration[] {
  return source
    .getStatements()
    .filter((statement) => Node.isInterfaceDeclaration(statement) || Node.isTypeAliasDeclaration(statement))
    .filter((statement) => statement.isExported());
}

function readNamed(declaration: Declaration, records: SourceFile): NamedType {
  const type: DataType = Node.isInterfaceDeclaration(declaration)
    ? { kind: 'object', fields: readFields(declaration, records) }
    : readTypeNode(declaration.getTypeNodeOrThrow(), records);
  return { name: declaration.getName(), doc: readDoc(declaration).doc, type };
}

/** Own and inherited properties. */
function readFields(declaration: InterfaceDeclaration, records: SourceFile): Field[] {
  const inherited = declaration.getBaseDeclarations().flatMap((base) => {
    if (!Node.isInterfaceDeclaration(base))
      throw badType(declaration, `${declaration.getName()} may extend interfaces only`);
    return readFields(base, records);
  });
  return [...inherited, ...declaration.getProperties().map((property) => readField(property, records))];
}

function readField(property: PropertySignature, records: SourceFile): Field {
  const { doc, tags } = readDoc(property);
  const node = property.getTypeNode();
  if (node === undefined) throw badType(property, `${property.getName()} has no type`);
  const type = readTypeNode(node, records);
  return {
    name: property.getName(),
    type: inPlace(property, () => applyTags(type, tags)),
    optional: property.hasQuestionToken(),
    doc,
  };
}

function readTypeNode(node: TypeNode, records: SourceFile): DataType {
  if (Node.isStringKeyword(node)) return { kind: 'string' };
  // A number gets its range from the tags; `applyTags` refuses one that has none.
  if (Node.isNumberKeyword(node)) return { kind: 'integer', minimum: Number.NaN, maximum: Number.NaN };
  if (Node.isBooleanKeyword(node)) return { kind: 'boolean' };
  if (Node.isArrayTypeNode(node)) return { kind: 'array', items: readTypeNode(node.getElementTypeNode(), records) };
  if (Node.isTypeLiteral(node)) {
    return { kind: 'object', fields: node.getProperties().map((property) => readField(property, records)) };
  }
  if (Node.isUnionTypeNode(node)) {
    const variants = node.getTypeNodes().map((variant) => readTypeNode(variant, records));
    const values = variants.flatMap((variant) => (variant.kind === 'enum' ? variant.values : []));
    return values.length === variants.length ? { kind: 'enum', values } : { kind: 'union', variants };
  }
  if (Node.isLiteralTypeNode(node)) {
    const literal = node.getLiteral();
    if (Node.isStringLiteral(literal)) return { kind: 'enum', values: [literal.getLiteralValue()] };
  }
  if (Node.isTypeReference(node)) {
    const name = node.getTypeName().getText();
    if (exportedTypes(records).some((known) => known.getName() === name)) return { kind: 'ref', name };
  }
  throw badType(node, `no schema can be made from the type ${node.getText()}`);
}

function readPayloads(source: SourceFile, records: SourceFile): Command[] {
  const payloads = source.getInterface('CommandPayloads');
  if (payloads === undefined)
    throw new CodegenError('CODEGEN_BAD_TYPE', source.getFilePath(), 'interface CommandPayloads is missing');
  return payloads.getProperties().map((property) => ({
    name: property.getName(),
    doc: readDoc(property).doc,
    fields: readPayload(property, records),
  }));
}

function readPayload(property: PropertySignature, records: SourceFile): Field[] {
  const node = property.getTypeNode();
  if (Node.isTypeLiteral(node)) return node.getProperties().map((field) => readField(field, records));
  if (Node.isTypeReference(node)) {
    if (node.getText() === 'Record<never, never>') return [];
    const named = records.getInterface(node.getTypeName().getText());
    if (named?.isExported() === true) return readFields(named, records);
  }
  throw badType(
    property,
    `the payload of ${property.getName()} must be an interface of the records, an object type or Record<never, never>`,
  );
}

/** Asks XState's own `EventFromLogic`: the type that `setup` printed by itself is 19 KB long. */
function readEventTypes(project: Project, file: string, exportName: string): string[] {
  const probe = project.createSourceFile(
    join(dirname(file), `${exportName}.probe.ts`),
    `import type { EventFromLogic } from 'xstate';
import type { ${exportName} } from './${basename(file)}';
export type Probe = EventFromLogic<typeof ${exportName}>['type'];`,
    { overwrite: true },
  );
  const type = probe.getTypeAliasOrThrow('Probe').getType();
  const names = (type.isUnion() ? type.getUnionTypes() : [type]).map((member) => member.getLiteralValue());
  probe.forget();
  const literal = names.filter((name) => typeof name === 'string');
  if (literal.length !== names.length) {
    throw new CodegenError(
      'CODEGEN_BAD_MACHINE',
      file,
      `the events of ${exportName} are not typed by literals: give setup() types.events`,
    );
  }
  return literal.sort();
}

function readDoc(node: { getJsDocs(): JSDoc[] } & Node): ReturnType<typeof readTags> {
  const docs = node.getJsDocs();
  return inPlace(node, () => readTags(docs.at(-1)?.getText() ?? ''));
}

function inPlace<T>(node: Node, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw badType(node, error instanceof Error ? error.message : String(error));
  }
}

function badType(node: Node, message: string): CodegenError {
  return new CodegenError(
    'CODEGEN_BAD_TYPE',
    `${node.getSourceFile().getFilePath()}:${node.getStartLineNumber()}`,
    message,
  );
}
