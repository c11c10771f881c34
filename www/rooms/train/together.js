// @ts-check
/**
 * One step that several workers take together, the same code in each. A step has phases: everyone computes one, writes a letter of
 * what it came to, and reads everyone's. What only one of them changes, of Adam's moments and of the weights, is only there, until
 * it is gathered.
 */

/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** Groups of tensors, as the class `Trainer` counts them: all, and those that measures and pictures are made with. */
export const [EVERYTHING, MODEL] = [[0, 1, 2, 3], [3]];

/**
 * Takes a step; throws a `DivergedError` everywhere or nowhere. Nothing comes back where the first worker called it off: it has
 * then changed nothing.
 * @param {WebTrainer} trainer
 * @param {Exchange} exchange
 * @param {() => boolean} goesOn  whether another step follows at once: the first worker's word counts
 */
export async function stepTogether(trainer, exchange, goesOn) {
  for (let phase = 0; phase < trainer.phases; phase += 1) {
    const isCalledOff = await exchange.share(
      trainer.compute(phase), (room) => trainer.write(room), (from, letter) => trainer.read(phase, from, letter));
    if (isCalledOff) return undefined;
  }
  const told = await exchange.tell([...trainer.share(), Number(goesOn())]);
  const sums = [0, 1, 2].map((i) => told.reduce((sum, numbers) => sum + numbers[i], 0));
  return { step: trainer.apply(Float64Array.from(sums)), goesOn: told[0][3] === 1 };
}

/**
 * Brings everyone all numbers of some groups.
 * @param {WebTrainer} trainer
 * @param {Exchange} exchange
 * @param {number[]} groups
 */
export async function gather(trainer, exchange, groups) {
  const lengths = Array.from({ length: exchange.of }, (_, of) => trainer.owned(of));
  for (const group of groups) {
    await exchange.share(lengths, (room) => trainer.give(group, room), (from, numbers) => numbers && trainer.take(group, from, numbers));
  }
}
