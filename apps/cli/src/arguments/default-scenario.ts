/** The shipped scenario that `limpet simulate` plays when none is named. */
export const DEFAULT_SCENARIO = 'cloudstack-9583';
