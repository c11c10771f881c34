// @ts-check
/**
 * One step that several workers take together, the same code in each. Everyone has the whole model and takes a part of the
 * batch; then everyone sums the gradients of a part of the model, changes that part, and gives it to the others. Adam's moments and
 * averaged weights are therefore only somewhere, until they are gathered.
 */

/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** Groups of tensors, as the class `Trainer` counts them. */
const [PARAMETERS, FIRST_MOMENT, SECOND_MOMENT, AVERAGED, GRADIENT] = [0, 1, 2, 3, 4];

/**
 * Which numbers of the model are whose.
 * @param {WebTrainer} trainer
 * @param {number} of
 */
export const parts = (trainer, of) => Array.from({ length: of }, (_, index) => {
  const [first, end] = trainer.part(index, of);
  return { first, end, length: end - first };
});

/**
 * Takes a step; throws a `DivergedError` everywhere or nowhere. Nothing comes back where the first worker called it off: it has
 * then changed nothing.
 * @param {WebTrainer} trainer
 * @param {Exchange} exchange
 * @param {() => boolean} goesOn  whether another step follows at once: the first worker's word counts
 */
export async function stepTogether(trainer, exchange, goesOn) {
  const { index, of } = exchange;
  const all = parts(trainer, of);
  const lengths = all.map(({ length }) => length);
  const { first, end } = all[index];
  const [recon, kl] = trainer.shardGradient(index, of);
  const last = index === of - 1 ? of - 2 : of - 1;
  const isCalledOff = await exchange.scatter(
    lengths,
    (to, room) => trainer.give(GRADIENT, all[to].first, room),
    (from, numbers) => trainer.addGradient(first, numbers, from === last ? 1 / of : 1),
  );
  if (isCalledOff) return undefined;
  const told = await exchange.tell([recon, kl, trainer.gradientSquares(first, end), Number(goesOn())]);
  const sums = [0, 1, 2].map((i) => told.reduce((sum, numbers) => sum + numbers[i], 0));
  const step = trainer.apply(Float64Array.from(sums), of, first, end);
  await shareParts(trainer, exchange, PARAMETERS);
  return { step, goesOn: told[0][3] === 1 };
}

/**
 * Brings everyone all of Adam's moments and of the averaged weights.
 * @param {WebTrainer} trainer
 * @param {Exchange} exchange
 */
export async function gather(trainer, exchange) {
  // What was shared last, the parameters of a step, may not have been read by everyone.
  await exchange.tell([]);
  for (const group of [FIRST_MOMENT, SECOND_MOMENT, ...(trainer.isAveraged ? [AVERAGED] : [])]) {
    await shareParts(trainer, exchange, group);
    // Nobody writes before everyone has read.
    await exchange.tell([]);
  }
}

/** @param {WebTrainer} trainer @param {Exchange} exchange @param {number} group */
async function shareParts(trainer, exchange, group) {
  const { index, of } = exchange;
  const all = parts(trainer, of);
  await exchange.share(
    all.map(({ length }) => length),
    (room) => trainer.give(group, all[index].first, room),
    (from, numbers) => trainer.take(group, all[from].first, numbers),
  );
}
