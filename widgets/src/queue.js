// What was done goes to Python as a growing list with numbers. A list is state: two events between two exchanges are both in it.
const queues = new WeakMap();

// Two parts of one widget that ask for the queue of the same model share one.
export function openQueue(model) {
  if (!queues.has(model)) queues.set(model, makeQueue(model));
  return queues.get(model);
}

function makeQueue(model) {
  let pending = [];
  // A page that is opened again goes on counting after what Python has seen.
  let last = model.get("seen") ?? 0;
  const answered = (number) => number <= (model.get("seen") ?? 0);
  return {
    push(event) {
      const seen = model.get("seen") ?? 0;
      last = Math.max(last, seen) + 1;
      pending = [...pending.filter((held) => held.n > seen), { n: last, ...event }];
      model.set("events", pending);
      model.save_changes();
      return last;
    },
    answered,
    // What a form held is held no longer than it takes to answer it.
    forget: () => { pending = pending.filter((held) => !answered(held.n)); },
    // True when Python has answered everything that was sent.
    idle: () => answered(last),
  };
}
