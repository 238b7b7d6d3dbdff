/** Where labs keep their files: on a box's tmpfs. */
export const LAB_ROOT = '/run/limpet';
