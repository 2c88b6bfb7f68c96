#include "core/models/blip_forms.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

/// How well a text fits a picture, twice: by the matching head over the text read together with the picture (pass
/// "text"), and by the cosine of picture and text read alone (pass "text_alone"). Reference: BlipForImageTextRetrieval.
class BlipRetrieval : public BlipBase
{
public:
    BlipRetrieval(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig blipConfig)
        : BlipBase(
              std::move(checkpoint), std::move(blipConfig),
              {"retrieval", {"text", InputKind::Text, true, "Text"}, false, {{"text_alone", "without the picture"}}}),
          m_encoder(BlipTextModel::load(weights() / "text_encoder", config().text)),
          m_visionProjection(
              Linear::load(weights() / "vision_proj", config().vision.hiddenSize, config().imageTextHiddenSize)),
          m_textProjection(
              Linear::load(weights() / "text_proj", config().text.hiddenSize, config().imageTextHiddenSize)),
          m_matchHead(Linear::load(weights() / "itm_head", config().text.hiddenSize, 2))
    {
        finishLoading();
    }

private:
    static at::Tensor normalized(const at::Tensor& x)
    {
        return x / x.norm().clamp_min(1e-12); // torch.nn.functional.normalize
    }

    void planPasses(ModelPlan& plan) const override
    {
        const std::int64_t picture = planPicture(plan);
        planText(plan, m_encoder, "text", picture);
        planText(plan, m_encoder, "text_alone", 0);
    }

    void runPasses(ModelRun& run) const override
    {
        const at::Tensor picture = seePicture(run);
        const at::Tensor together = readText(run, m_encoder, "text", picture);
        const at::Tensor alone = readText(run, m_encoder, "text_alone", {});
        const at::Tensor match = at::softmax(m_matchHead(together[0]), -1); // [no match, match]
        const at::Tensor cosine =
            at::dot(normalized(m_visionProjection(picture[0])), normalized(m_textProjection(alone[0])));
        throwUnlessFinite(match, "match probabilities");
        throwUnlessFinite(cosine, "similarity scores");
        run.result().scores = RunScores{"match",
                                        {{"match probability", match[1].item<float>(), "probability"},
                                         {"no-match probability", match[0].item<float>(), "probability"},
                                         {"cosine similarity", cosine.item<float>(), "cosine"}}};
    }

    BlipTextModel m_encoder;
    Linear m_visionProjection;
    Linear m_textProjection;
    Linear m_matchHead;
};

} // namespace

std::unique_ptr<Model> loadBlipRetrieval(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config)
{
    return std::make_unique<BlipRetrieval>(std::move(checkpoint), std::move(config));
}

} // namespace heedmap
