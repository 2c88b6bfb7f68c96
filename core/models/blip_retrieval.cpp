#include "core/models/blip_forms.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

constexpr const char* kMatch = "match probability";
constexpr const char* kNoMatch = "no-match probability";
constexpr const char* kCosine = "cosine similarity";

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
        plan.add(GradientSource{"match", kMatch, {"vision", "text"}});
        plan.add(GradientSource{"match", kNoMatch, {"vision", "text"}});
        plan.add(GradientSource{"match", kCosine, {"vision", "text_alone"}, GradientQuantity::Value});
    }

    void runPasses(ModelRun& run) const override
    {
        const at::Tensor picture = seePicture(run);
        const at::Tensor together = readText(run, m_encoder, "text", picture);
        const at::Tensor alone = readText(run, m_encoder, "text_alone", {});
        const at::Tensor matchLogits = m_matchHead(together[0]); // [no match, match]
        const at::Tensor match = at::softmax(matchLogits, -1);
        const at::Tensor cosine =
            at::dot(normalized(m_visionProjection(picture[0])), normalized(m_textProjection(alone[0])));
        throwUnlessFinite(match, "match probabilities");
        throwUnlessFinite(cosine, "similarity scores");
        run.result().scores = RunScores{"match",
                                        {{kMatch, match[1].item<float>(), "probability"},
                                         {kNoMatch, match[0].item<float>(), "probability"},
                                         {kCosine, cosine.item<float>(), "cosine"}}};
        run.offerScore(kNoMatch, matchLogits[0]);
        run.offerScore(kMatch, matchLogits[1]);
        run.offerScore(kCosine, cosine);
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
