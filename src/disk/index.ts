/** What needs the files of Node: runs kept in files, published datasets fetched into a cache, MNIST from a folder. */

export { cacheFolder, type ObtainOptions, obtain } from './cache.ts'
export type { DownloadOptions, DownloadProgress } from './download.ts'
export { loadMnist, type MnistSplit } from './mnist.ts'
export { moduleFolder } from './modules.ts'
export { loadParams, saveParams } from './params.ts'
export { fileLog, fileStore } from './stores.ts'
export { inFolder, type WriteFailure, writeWhole } from './whole.ts'
