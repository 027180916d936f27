// Logs out by fetch and then goes where the answer says: a policy of the page's own (form-action 'self') would block a
// form that is redirected to the provider. Without an answer that says so it is sent as the plain form that it is.
export default {
  template: '<form @submit.prevent="send"><slot></slot></form>',
  methods: {
    async send() {
      if (this.isUnderWay) return;
      this.isUnderWay = true;
      const form = this.$el;
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          headers: { Accept: "application/json" },
          body: new URLSearchParams(new FormData(form)),
        });
        if (!answer.ok) throw new Error(answer.status);
        location.assign((await answer.json()).location);
      } catch {
        form.submit(); // which shows what went wrong, or works after all
      } finally {
        this.isUnderWay = false;
      }
    },
  },
};
