// Only the browser knows the person's time zone.
export default {
  template: '<time :datetime="iso">{{ text }}</time>',
  props: { epoch: Number, withDate: Boolean },
  computed: {
    moment() {
      return new Date(this.epoch * 1000);
    },
    iso() {
      return this.moment.toISOString();
    },
    text() {
      const two = (number) => String(number).padStart(2, "0");
      const parts = [this.moment.getHours(), this.moment.getMinutes(), this.moment.getSeconds()];
      const clock = parts.map(two).join(":");
      return this.withDate ? `${this.moment.toLocaleDateString()} ${clock}` : clock;
    },
  },
};
