#include "core/base/error.h"
#include "core/models/blip_forms.h"

#include <algorithm>

namespace heedmap {

namespace {

/// Picture → caption, from the start token or from a prompt. Reference: BlipForConditionalGeneration.generate.
class BlipCaptioning : public BlipBase
{
public:
    BlipCaptioning(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig blipConfig)
        : BlipBase(std::move(checkpoint), std::move(blipConfig),
                   {"captioning", {"prompt", InputKind::Text, false, "Beginning of the caption"}, true}),
          m_decoder(BlipTextDecoder::load(weights() / "text_decoder", config().text))
    {
        finishLoading();
    }

private:
    /// [CLS] the prompt [SEP] → [start] the prompt
    std::vector<std::int32_t> promptOf(const RunRequest& request) const
    {
        if (!request.text)
            return {config().text.startToken};
        if (std::find(request.visible.begin(), request.visible.end(), false) != request.visible.end())
            throw Error(ErrorKind::Unsupported, "A padded prompt cannot be continued; give it without padding");
        std::vector<std::int32_t> prompt = request.text->ids;
        if (prompt.size() < 2)
            throw Error(ErrorKind::InvalidRequest,
                        "A prompt must stand between its special tokens; encode it with them");
        prompt.front() = config().text.startToken;
        prompt.pop_back();
        return prompt;
    }

    void planPasses(ModelPlan& plan) const override
    {
        const auto promptLength = static_cast<std::int64_t>(promptOf(plan.request()).size());
        const std::int64_t picture = planPicture(plan);
        planGeneration(plan, m_decoder, "caption", promptLength, kBlipPicture, picture);
    }

    void runPasses(ModelRun& run) const override
    {
        std::vector<std::int32_t> prompt = promptOf(run.request());
        const std::string promptInput = run.request().text ? "prompt" : "";
        const at::Tensor picture = seePicture(run);
        generate(run, m_decoder, "caption", std::move(prompt), promptInput, picture, kBlipPicture);
    }

    BlipTextDecoder m_decoder;
};

} // namespace

std::unique_ptr<Model> loadBlipCaptioning(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config)
{
    return std::make_unique<BlipCaptioning>(std::move(checkpoint), std::move(config));
}

} // namespace heedmap
