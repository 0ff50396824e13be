/** Of things with the same numbers: each number's median. */
export function medians(all) {
  const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, middle(all.map((one) => one[key]))]));
}
