/** The marks of ten pupils in Maths, Physics, Computing, LV1, LV2, Biology and Chemistry. */
// biome-ignore format: a table, one pupil per line
export const marks = [
  12.6, 10.6, 14.2, 12.3, 10.2, 9.3, 7.7,
  13.9, 12.9, 17.9, 12.8, 8.8, 12.0, 10.9,
  11.3, 10.2, 10.6, 10.4, 5.4, 9.4, 7.0,
  10.8, 12.2, 7.7, 13.2, 4.8, 11.1, 10.6,
  11.8, 11.3, 9.6, 11.7, 10.4, 9.9, 7.6,
  11.9, 11.5, 13.9, 14.1, 8.5, 9.3, 10.3,
  11.0, 11.7, 10.1, 13.4, 13.5, 6.3, 7.5,
  10.4, 9.2, 12.8, 6.8, 5.1, 6.7, 7.3,
  10.1, 8.7, 11.0, 16.2, 13.2, 9.4, 6.3,
  10.2, 7.8, 13.9, 10.0, 3.6, 9.4, 8.2,
]
/** The weight of each subject. */
export const sciences = [0.2, 0.2, 0.2, 0, 0, 0.2, 0.2]
export const languages = [0, 0, 0, 0.5, 0.5, 0, 0]
