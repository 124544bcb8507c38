/// A stream as it was published: its own held-out records are asked.

#include "../fidelity_task.hpp"
#include "assimilaate/cli/stream_place.hpp"

namespace assimilaate::bench {
namespace {

Subject make(const TaskRequest& request, const Recipe&) {
  StreamReader stream = cli::read_stream(request.argument, {}, cli::Asked::Nobody);
  if (stream.held_out_size() == 0)
    fail(Errc::Usage, "{}: has no held-out records to ask (teach it with --held-out)", request.argument);
  if (request.most > stream.size())
    fail(Errc::Usage, "{}: {} examples were asked for, there are {}", request.argument, request.most, stream.size());
  std::vector<CodecPtr> codecs;
  const auto last = static_cast<std::uint32_t>(stream.descriptor().boundaries.size() - 1);
  for (std::size_t b = 0; b <= last; ++b) codecs.push_back(codec_from_bytes(stream.codebook(b)));
  const HeldOut asked = stream.held_out_between(0, last);
  Matrix<float> answers(asked.size(), codecs[last]->dims());
  codecs[last]->decode(asked.expected().entries.view(), answers.view());
  return {std::move(stream), std::move(codecs), asked.inputs(), std::move(answers), {}, {}, {}};
}

}  // namespace

extern const Task stream_task;
const Task stream_task{"stream", "DIR", "a stream that was published", find_recipe("graded"), {100}, make};

}  // namespace assimilaate::bench
