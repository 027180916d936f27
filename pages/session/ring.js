// Ticks in the browser, so that a second costs no message. Angles count clockwise from twelve o'clock.
const AROUND = 100; // pathLength of the circle

export default {
  template: `
    <div class="token-ring" role="img" :aria-label="label">
      <svg viewBox="0 0 120 120" aria-hidden="true">
        <circle class="ring-track" cx="60" cy="60" r="52" />
        <circle class="ring-left" :class="{ late: isLate }" cx="60" cy="60" r="52" pathLength="${AROUND}"
          transform="rotate(-90 60 60)" :stroke-dasharray="left + ' ${AROUND}'" />
        <line v-if="mark !== null" class="ring-mark" x1="60" y1="1" x2="60" y2="15"
          :transform="'rotate(' + markAngle + ' 60 60)'" />
      </svg>
      <div class="ring-middle"><slot /></div>
    </div>`,
  props: { remaining: Number, lifetime: Number, mark: { type: Number, default: null }, expiresAt: Number },
  data() {
    return { deadline: 0, seconds: 0 };
  },
  computed: {
    left() {
      return Math.min(1, this.seconds / this.lifetime) * AROUND;
    },
    markAngle() {
      return Math.min(1, this.mark / this.lifetime) * 360;
    },
    isLate() {
      return this.mark === null || this.seconds < this.mark;
    },
    label() {
      return this.mark === null
        ? "A ring that empties until the access token expires. No renewal is planned."
        : "A ring that empties until the access token expires. A mark shows when it is renewed.";
    },
  },
  methods: {
    restart() {
      // From what the server says is left: this computer's clock may be wrong, but it goes on while the computer sleeps.
      this.deadline = Date.now() + this.remaining * 1000;
      this.tick();
    },
    tick() {
      this.seconds = Math.max(0, (this.deadline - Date.now()) / 1000);
    },
  },
  watch: { expiresAt: "restart", remaining: "restart" },
  mounted() {
    this.restart();
    this.interval = setInterval(this.tick, 250);
  },
  unmounted() {
    clearInterval(this.interval);
  },
};
