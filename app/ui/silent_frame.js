// The browser's end of the silent frame: one hidden iframe, one listener, one timeout, all gone when it is done.
const ACTIVITIES = ["pointerdown", "keydown", "wheel", "touchstart"];
/* What the provider's pages do in the frame leaves nothing behind: tests/browser/test_frame_traces.py */
const SETTLED_AFTER = 300; // ms; by then the browser has gone back in its history

/** Give the focus back at once to what had it, should the frame get it; the result ends that. */
function keepFocus(frame) {
  let focused = document.activeElement;
  const remember = () => (focused = document.activeElement);
  const giveBack = () => {
    if (document.activeElement === frame) focused?.focus({ preventScroll: true });
  };
  document.addEventListener("focusin", remember);
  window.addEventListener("blur", giveBack);
  return () => {
    giveBack();
    document.removeEventListener("focusin", remember);
    window.removeEventListener("blur", giveBack);
  };
}

/**
 * Where one is in the tab's history: pages in the frame that go on by themselves add entries to it, at which Back would
 * do nothing. The result goes back to before them, never further, and not if the page itself has moved on meanwhile.
 *
 * What one goes back from stays ahead as entries that lead nowhere. How many the next frame adds can be told only once
 * they are gone, which an entry of our own does; it is gone back from with the others.
 */
let left = null; // { entry, length, base } of the latest time: where it began, and how long the history was after it

async function keepHistory(place) {
  if (!window.navigation) return () => {}; // nothing tells for sure whether the page has moved on
  const here = () => window.navigation.currentEntry.key;
  const before = { length: history.length, entry: here() };
  if (left?.entry === before.entry && left.length === before.length) {
    before.length = left.base;
    await addEntry(place);
  }
  return () => {
    const added = history.length - before.length;
    if (added <= 0 || here() !== before.entry) return;
    left = { entry: before.entry, length: history.length, base: before.length };
    const position = { left: scrollX, top: scrollY, behavior: "instant" };
    const stay = () => scrollTo(position); // the entry that one is back at has another place in the page
    addEventListener("scroll", stay, { once: true });
    setTimeout(() => removeEventListener("scroll", stay), SETTLED_AFTER);
    history.go(-added);
  };
}

/** Add one entry that leads nowhere, in the place of all that are ahead. */
function addEntry(place) {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.srcdoc = "<!doctype html>";
    frame.onload = () => {
      frame.contentWindow.history.pushState(null, "");
      frame.remove();
      resolve();
    };
    place.append(frame);
  });
}

export default {
  // Nobody gets into it: not by the keyboard, not with a screen reader, and no page in it takes the focus.
  template: '<div style="display: none" aria-hidden="true" inert></div>',
  props: { reportsActivity: Boolean },
  methods: {
    /**
     * Open the authorization URL in a hidden iframe.
     *
     * Resolves with the answer that /silent received, `{query, fragment, path}`, with `{blocked: true}` if the page's own
     * policy lets no frame go there, or with null if none came in time.
     * A call while another is under way ends that one with null.
     */
    async authorize(url, seconds) {
      this.abandon();
      const call = (this.call = Symbol());
      const goBack = await keepHistory(this.$el);
      if (this.call !== call) {
        goBack(); // another one is under way
        return null;
      }
      return await new Promise((resolve) => {
        const frame = document.createElement("iframe");
        // Providers need scripts, forms and their own storage. They need no top navigation: a sign-in page that does not
        // want to be framed must not take the person's page away.
        frame.sandbox = "allow-scripts allow-same-origin allow-forms";
        frame.title = "Silent renewal";
        frame.tabIndex = -1;
        const takeBack = keepFocus(frame);
        const finish = (answer) => {
          window.removeEventListener("message", listener);
          document.removeEventListener("securitypolicyviolation", blocked);
          clearTimeout(timeout);
          takeBack();
          frame.remove();
          goBack();
          this.finish = null;
          resolve(answer);
        };
        const listener = (event) => {
          if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
          const { query, fragment, path } = event.data ?? {};
          if (typeof query !== "string" || typeof fragment !== "string" || typeof path !== "string") return;
          finish({ query, fragment, path });
        };
        const blocked = (event) => {
          const isOurs = event.blockedURI.startsWith(new URL(url).origin);
          if (isOurs && event.effectiveDirective === "frame-src" && event.disposition === "enforce") {
            finish({ blocked: true });
          }
        };
        const timeout = setTimeout(() => finish(null), seconds * 1000);
        this.finish = finish;
        window.addEventListener("message", listener);
        document.addEventListener("securitypolicyviolation", blocked);
        frame.src = url;
        this.$el.append(frame);
      });
    },
    abandon() {
      this.call = null;
      this.finish?.(null);
    },
  },
  mounted() {
    this.awake = () => document.hidden || this.$emit("awake");
    window.addEventListener("online", this.awake);
    document.addEventListener("visibilitychange", this.awake);
    this.active = () => {
      if (performance.now() - (this.activeAt ?? -Infinity) < 10_000) return;
      this.activeAt = performance.now();
      this.$emit("active");
    };
    if (!this.reportsActivity) return;
    for (const type of ACTIVITIES) document.addEventListener(type, this.active, { passive: true });
  },
  unmounted() {
    window.removeEventListener("online", this.awake);
    document.removeEventListener("visibilitychange", this.awake);
    for (const type of ACTIVITIES) document.removeEventListener(type, this.active);
    this.abandon();
  },
};
