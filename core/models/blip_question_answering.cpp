#include "core/models/blip_forms.h"

namespace heedmap {

namespace {

/// Picture → question (text encoder, attending to the picture) → answer (decoder, attending to the question's states
/// and never to the picture). Reference: BlipForQuestionAnswering.generate.
class BlipQuestionAnswering : public BlipBase
{
public:
    BlipQuestionAnswering(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig blipConfig)
        : BlipBase(std::move(checkpoint), std::move(blipConfig),
                   {"question_answering", {"question", InputKind::Text, true, "Question"}, true}),
          m_encoder(BlipTextModel::load(weights() / "text_encoder", config().text)),
          m_decoder(BlipTextDecoder::load(weights() / "text_decoder", config().text))
    {
        finishLoading();
    }

private:
    void planPasses(ModelPlan& plan) const override
    {
        const std::int64_t picture = planPicture(plan);
        const std::int64_t question = planText(plan, m_encoder, "question", picture);
        planGeneration(plan, m_decoder, "answer", 1, "question", question);
    }

    void runPasses(ModelRun& run) const override
    {
        const at::Tensor picture = seePicture(run);
        const at::Tensor question = readText(run, m_encoder, "question", picture);
        // As the reference, the decoder sees the states of padding too.
        generate(run, m_decoder, "answer", {config().text.startToken}, {}, question, "question");
    }

    BlipTextModel m_encoder;
    BlipTextDecoder m_decoder;
};

} // namespace

std::unique_ptr<Model> loadBlipQuestionAnswering(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config)
{
    return std::make_unique<BlipQuestionAnswering>(std::move(checkpoint), std::move(config));
}

} // namespace heedmap
