/**
 * When a tab locks by itself: after idle minutes, and whenever its page goes out of sight for good.
 *
 * A page that the browser keeps for its Back button is wiped before it is kept.
 */

const ACTIVITY = ["pointerdown", "keydown", "wheel", "touchstart", "input"];

/**
 * Call lock after that many minutes without a touch, and when the page is left.
 *
 * @param {number} minutes
 * @param {(why: "idle"|"left") => void} lock
 * @param {() => void} touched runs at every touch that does not find the time gone
 */
export function lockBySelf(minutes, lock, touched) {
  const limit = minutes * 60_000;
  let last = Date.now();
  const left = () => limit - (Date.now() - last);
  const check = () => {
    if (left() > 0) {
      return;
    }
    last = Date.now();
    lock("idle");
  };
  const watch = () => {
    check();
    setTimeout(watch, Math.max(left(), 1000));
  };
  const touch = () => {
    // A machine that slept runs no timers: its first touch finds the time gone before it counts.
    check();
    last = Date.now();
    touched();
  };
  watch();
  for (const kind of ACTIVITY) {
    addEventListener(kind, touch, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", check);
  addEventListener("pagehide", () => lock("left"));
  addEventListener("pageshow", (event) => event.persisted && lock("left"));
}
