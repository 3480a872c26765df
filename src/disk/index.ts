/** What needs Node's files: runs and reports kept in files, published data fetched into a cache, MNIST from a folder. */

export { cacheFolder, type ObtainOptions, obtain } from './cache.ts'
export type { DownloadOptions, DownloadProgress } from './download.ts'
export { loadMnist, type MnistSplit } from './mnist.ts'
export { fileLog, fileStore } from './stores.ts'
export { inFolder, type WriteFailure, writeWhole } from './whole.ts'
