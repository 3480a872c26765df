/**
 * Published datasets: the files with their sizes and checksums, and addresses to fetch them from. Mirrors are as good
 * as the source, because only bytes with the published checksum are accepted.
 *
 * Source:  Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits";
 *          H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST" (2017), arXiv:1708.07747
 */
/** A file of a published dataset. */
export interface PublishedFile {
  readonly name: string
  /** Its size. */
  readonly bytes: number
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string
}
/** A published dataset. */
export interface Published {
  /** Also the name of its folder in the cache. */
  readonly name: string
  readonly files: readonly PublishedFile[]
  /** Addresses of folders that hold the files, tried in this order; each ends in a slash. */
  readonly mirrors: readonly string[]
}

const file = (name: string, bytes: number, sha256: string): PublishedFile => ({ name, bytes, sha256 })

/** Handwritten digits: 60,000 pictures for training, 10,000 for testing. */
export const mnist: Published = {
  name: 'mnist',
  files: [
    file('train-images-idx3-ubyte.gz', 9912422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'),
    file('train-labels-idx1-ubyte.gz', 28881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'),
    file('t10k-images-idx3-ubyte.gz', 1648877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'),
    file('t10k-labels-idx1-ubyte.gz', 4542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'),
  ],
  mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
}
/** Clothes in MNIST's format: 60,000 pictures for training, 10,000 for testing. */
export const fashionMnist: Published = {
  name: 'fashion-mnist',
  files: [
    file('train-images-idx3-ubyte.gz', 26421880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'),
    file('train-labels-idx1-ubyte.gz', 29515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'),
    file('t10k-images-idx3-ubyte.gz', 4422102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'),
    file('t10k-labels-idx1-ubyte.gz', 5148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'),
  ],
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
}
/** The names of Fashion-MNIST's classes 0 .. 9. */
export const fashionNames: readonly string[] = [
  'T-shirt',
  'trousers',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
]
