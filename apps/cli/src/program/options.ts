import { InvalidArgumentError, Option } from 'commander';

export function positiveInteger(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 on.');
}

export const integerWithin =
  (least: number, most: number) =>
  (text: string): number => {
    const value = positiveInteger(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how the result is printed').choices(['json', 'table']).default('table');

export const routerOption = (): Option =>
  new Option('--router <router>', 'who drives the data plane')
    .choices(['cloudstack', 'haproxy', 'memory'])
    .default('haproxy', "haproxy: Limpet's own");

export const dataPlaneOption = (): Option =>
  new Option('--data-plane <kind>', 'a real HAProxy in namespaces of its own, or one in memory').choices([
    'real',
    'memory',
  ]);
