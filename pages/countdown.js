// Counts down in the browser, so that a second costs no message.
export default {
  template: '<time :datetime="iso" :data-epoch="epoch">{{ text }}</time>',
  props: { epoch: Number, remaining: Number, otherwise: String },
  data() {
    return { text: "", deadline: 0 };
  },
  computed: {
    iso() {
      return this.epoch == null ? null : new Date(this.epoch * 1000).toISOString();
    },
  },
  methods: {
    restart() {
      // From what the server says is left: this computer's clock may be wrong, but it goes on while the computer sleeps.
      this.deadline = Date.now() + this.remaining * 1000;
      this.show();
    },
    show() {
      if (this.epoch == null) {
        this.text = this.otherwise;
        return;
      }
      const seconds = Math.max(0, Math.ceil((this.deadline - Date.now()) / 1000));
      const two = (number) => String(number).padStart(2, "0");
      const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
      const clock = `${two(minutes)}:${two(seconds % 60)}`;
      this.text = days ? `${days} d ${hours} h` : hours ? `${hours}:${clock}` : clock;
    },
  },
  watch: { epoch: "restart", remaining: "restart" },
  mounted() {
    this.restart();
    this.interval = setInterval(this.show, 250);
  },
  unmounted() {
    clearInterval(this.interval);
  },
};
