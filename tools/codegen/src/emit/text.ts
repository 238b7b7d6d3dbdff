/** The two lines at the head of every generated TypeScript file. */
export function header(what: string): string {
  return `// DO NOT EDIT - maintained by tools/codegen\n// To change ${what}, edit packages/model/src/statecharts and run: npx limpet generate\n`;
}

/** `putRule` -> `PutRule`. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `RuleKey` -> `ruleKey`. */
export function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A one-line JSDoc comment and its line end; nothing for an empty text. */
export function jsDoc(text: string, indent = ''): string {
  return text === '' ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

/** A TypeScript string literal. */
export function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Indents all lines but the first. */
export function hang(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}
