// A list of named journeys, run one after the other, counted at the end.

const journeys = [];
const tally = { passed: 0, failed: 0 };

/** Adds a journey: `act` gets what `run` was given. The others build on `always` ones: no filter leaves them out. */
export const journey = (name, act, { always = false } = {}) => journeys.push({ name, act, always });

/** Counts one thing that holds or does not, without stopping at it. */
export function count(name, fault) {
  if (fault) {
    tally.failed += 1;
    console.log(`FAIL ${name}\n     ${String(fault).replaceAll('\n', '\n     ')}`);
  } else {
    tally.passed += 1;
    console.log(`ok   ${name}`);
  }
}

/** Runs what was added since the last time, of it what `filter` takes. `onFault` is called once for each that fails. */
export async function run(world, { filter = () => true, label = '', onFault = () => {} } = {}) {
  for (const { name, act } of journeys.splice(0).filter((journey) => journey.always || filter(journey.name))) {
    let fault;
    const began = Date.now();
    try {
      await act(world);
    } catch (error) {
      fault = error.stack ?? error;
      onFault(name);
    }
    count(`${name}${label} (${Date.now() - began} ms)`, fault);
  }
}

/** The closing line; true when nothing failed. */
export function close() {
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0;
}

/** What must hold. */
export function that(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
