import type { Changes } from '@limpet/operations';
import { messageWithFileFieldNames } from './field-names.ts';

/** A line with the reason for each rule that the router would refuse. */
export const showRefusals = ({ refusals }: Changes): string[] =>
  refusals.map(
    ({ rule, reason, message }) => `! ${rule} will be refused, ${reason}: ${messageWithFileFieldNames(message)}`,
  );
