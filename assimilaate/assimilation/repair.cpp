#include "assimilaate/assimilation/repair.hpp"

#include "assimilaate/assimilation/calibration.hpp"
#include "assimilaate/assimilation/lone_reader.hpp"
#include "assimilaate/assimilation/probe.hpp"
#include "assimilaate/assimilation/spares.hpp"

namespace assimilaate {
namespace {

/// Puts a bank back as it was, unless it is told to keep what has become of it.
class Undo {
 public:
  explicit Undo(LaneBank& bank) : bank_(&bank) {
    ByteWriter out;
    bank.save(out);
    state_ = std::move(out).take();
  }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    if (bank_ == nullptr) return;
    ByteReader in(state_, "the state before a repair");
    bank_->restore(in);
  }
  void keep() { bank_ = nullptr; }

 private:
  LaneBank* bank_;
  std::vector<std::byte> state_;
};

/// What a repair consists of, and its account.
class BankRepair {
 public:
  BankRepair(LaneBank& bank, const ExampleBlock& examples, const HeldOut& held_out, const RepairOptions& options,
             Progress* progress, std::stop_token stop)
      : bank_(bank),
        examples_(examples),
        held_out_(held_out),
        options_(options),
        progress_(progress),
        stop_(std::move(stop)) {
    report_.before.transform = bank.transform().name;
    validate(bank, held_out, report_.before);
    report_.events += report_.before.events;
    report_.after = report_.before;
  }
  [[nodiscard]] bool enough() const { return report_.after.agreement >= options_.agreement; }
  [[nodiscard]] const RepairReport& report() const { return report_; }

  void welcome(const SynapseSet& fresh) {
    const auto done = calibrate(bank_, {.epoch = options_.epoch}, &fresh);
    report_.calibrated = done.synapses;
    report_.masked += done.masked;
    account(done.events, 1);
    learn(&fresh);
  }
  /// All are taught again.
  void refresh() {
    attempt([&] {
      recruit(3);
      learn(nullptr);
    });
  }
  /// What is broken is masked, spares stand in, and all are taught again.
  void mend() {
    attempt([&] {
      const auto done = probe(bank_, {.epoch = options_.epoch});
      report_.masked += done.masked;
      account(done.events, 2);
      recruit(4);
      learn(nullptr);
    });
  }

 private:
  void recruit(std::uint64_t step) {
    const auto done = recruit_spares(bank_, options_.epoch);
    report_.recruited += done.recruited;
    account(done.events, step);
  }
  /// A step that leaves the bank worse than it found it is undone; what it cost stays in the account.
  template <typename Step>
  void attempt(Step step) {
    Undo undo(bank_);
    const RepairReport before = report_;
    step();
    if (report_.after.agreement >= before.after.agreement) {
      undo.keep();
      return;
    }
    report_.after = before.after;
    report_.masked = before.masked;
    report_.recruited = before.recruited;
    report_.undone += 1;
  }
  void learn(const SynapseSet* pupils) {
    StoredExamples source(examples_);
    report_.after = assimilate(bank_, source, held_out_,
                               {.passes = options_.passes,
                                .rounds = 1,
                                .pupils = pupils,
                                .begin = pupils != nullptr ? options_.fresh_begin : options_.begin,
                                .end = pupils != nullptr ? options_.fresh_end : 1,
                                .epoch = lessons_a_repair * options_.epoch + lessons_++},
                               progress_, stop_);
    report_.examples = report_.after.examples;
    report_.presentations += report_.after.presentations;
    report_.events += report_.after.events;
  }
  /// Single lines were read one at a time, and pulsed; time went by for all.
  void account(const Events& events, std::uint64_t step) {
    const double share = 1 / static_cast<double>(bank_.synapses().rows());
    Elapsed time = bank_.felt(events.pulse_seconds, 0, moment_of_epoch(upkeep_moment + (step << 36), options_.epoch));
    time.reading = share * events.read_seconds;
    time.idle = (1 - share) * events.read_seconds;
    bank_.synapses().elapse(time);
    report_.events += events;
  }

  static constexpr std::uint32_t lessons_a_repair = 4;  // each draws other chance
  std::uint32_t lessons_ = 0;
  LaneBank& bank_;
  const ExampleBlock& examples_;
  const HeldOut& held_out_;
  const RepairOptions& options_;
  Progress* progress_;
  std::stop_token stop_;
  RepairReport report_;
};

}  // namespace

RepairReport repair(LaneBank& bank, const ExampleBlock& examples, const HeldOut& held_out, const RepairOptions& options,
                    const SynapseSet* fresh, Progress* progress, std::stop_token stop) {
  if (!bank.tuned())
    fail(Errc::Usage,
         "transform {}: it has learnt nothing yet, there is nothing to repair; assimilate its stream first",
         bank.transform().name);
  if (options.epoch == 0) fail(Errc::Usage, "repair: epoch 0 is that of the first session; count repairs from 1");
  Undo undo(bank);
  BankRepair repair(bank, examples, held_out, options, progress, std::move(stop));
  if (fresh != nullptr && fresh->size() > 0) repair.welcome(*fresh);
  // Where much is broken, a lesson before it is masked would drive the healthy to their rails.
  const bool far = options.probe && repair.report().after.agreement < options.agreement / 2;
  if (!repair.enough() && !far) repair.refresh();
  if (!repair.enough() && options.probe) repair.mend();
  undo.keep();
  return repair.report();
}

}  // namespace assimilaate
