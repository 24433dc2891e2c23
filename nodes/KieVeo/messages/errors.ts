/* What the rest of the package uses of this room. */
export { KieVeoError } from './error';
export * from './faults';
export * from './file';
export * from './input';
export * from './log';
export * from './nodeError';
export * from './run';
export * from './suspension';
export * from './trigger';
export * from './video';
