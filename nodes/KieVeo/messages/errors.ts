/* The room's door: everything the rest of the package raises. */
export { KieVeoError } from './error';
export * from './faults';
export * from './file';
export * from './input';
export * from './nodeError';
export * from './run';
export * from './suspension';
export * from './trigger';
export * from './video';
