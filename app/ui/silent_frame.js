// The browser's end of the silent frame: one hidden iframe, one listener, one timeout, all gone when it is done.
const ACTIVITIES = ["pointerdown", "keydown", "wheel", "touchstart"];

export default {
  template: '<div style="display: none" aria-hidden="true"></div>',
  props: { reportsActivity: Boolean },
  methods: {
    /**
     * Open the authorization URL in a hidden iframe.
     *
     * Resolves with the answer that /silent received, `{query, fragment}`, or with null if none came in time.
     * A call while another is under way ends that one with null.
     */
    authorize(url, seconds) {
      this.abandon();
      return new Promise((resolve) => {
        const frame = document.createElement("iframe");
        // Providers need scripts, forms and their own storage. They need no top navigation: a sign-in page that does not
        // want to be framed must not take the person's page away.
        frame.sandbox = "allow-scripts allow-same-origin allow-forms";
        frame.title = "Silent renewal";
        const finish = (answer) => {
          window.removeEventListener("message", listener);
          clearTimeout(timeout);
          frame.remove();
          this.finish = null;
          resolve(answer);
        };
        const listener = (event) => {
          if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
          const { query, fragment } = event.data ?? {};
          if (typeof query !== "string" || typeof fragment !== "string") return;
          finish({ query, fragment });
        };
        const timeout = setTimeout(() => finish(null), seconds * 1000);
        this.finish = finish;
        window.addEventListener("message", listener);
        frame.src = url;
        this.$el.append(frame);
      });
    },
    abandon() {
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
