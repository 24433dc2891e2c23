/* What the rest of the package uses of this room. */
export { KieVeoError } from './error';
export * from './file';
export * from './fileInput';
export * from './images';
export * from './input';
export * from './log';
export * from './newVideo';
export * from './nodeError';
export * from './notOffered';
export * from './run';
export * from './settings';
export * from './suspension';
export * from './trigger';
export * from './video';
