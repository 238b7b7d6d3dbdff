/** The hard limit of open files in the text of `/proc/PID/limits`; infinite when there is none. */
export const hardLimitOf = (limits: string): number => {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
};
