// @ts-check
/** @typedef {{ kind: string, message: string }} Trouble */

/**
 * The worker's side of a `WorkerClient`: `{id, action, request}` comes in, `{id, result}` or `{id, error}` goes out, one after another;
 * `{told}` is what nobody asked for. A worker whose `start` failed, or whose WebAssembly did, has nothing to go on with and says so.
 * @param {Record<string, (request: any) => unknown>} actions
 */
export function answerWith(actions) {
  let last = Promise.resolve();
  self.onmessage = ({ data: { id, action, request } }) => {
    last = last.then(async () => {
      try {
        self.postMessage({ id, result: await actions[action](request) });
      } catch (error) {
        self.postMessage({ id, error: troubleOf(error), isLost: action === "start" || error instanceof WebAssembly.RuntimeError });
      }
    });
  };
}

/** What is left of an error in a message. @param {unknown} error @returns {Trouble} */
export const troubleOf = (error) => ({ kind: error instanceof Error ? error.name : "Error", message: error instanceof Error ? error.message : String(error) });
