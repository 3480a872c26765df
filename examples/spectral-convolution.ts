/** Convolution along a circle through frequencies: a layer whose filter is as long as its signal. */
import { type Complex, complex, type Expr, irfft, rfft } from '../src/index.ts'

/** A signal on a circle of n places, and a filter of n taps, or its half spectrum. */
type Signal = Expr<readonly [number], 'real'>
/**
 * The sum over j of x[j] w[i - j], indices modulo n: the spectra are multiplied. Cost: O(n log n) instead of n^2
 *
 * Law:     circularConvolution(x, w) = circularConvolution(w, x)
 */
export const circularConvolution = (x: Signal, w: Signal): Signal => spectralLayer(x, rfft()(w))
/**
 * The same with a filter that is learned by its frequencies, as a Fourier neural operator does; frequencies beyond those
 * given are dropped if the spectrum is cut before.
 *
 * Source: Li and others, "Fourier neural operator for parametric partial differential equations" (2020)
 */
export const spectralLayer = (x: Signal, spectrum: Complex<readonly [number]>): Signal =>
  irfft(-1, { n: x.type.shape[0] })(complex.mul(rfft()(x), spectrum))
