#include "core/models/blip.h"

#include "core/base/error.h"
#include "core/models/blip_forms.h"
#include "core/models/text_generation.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

namespace heedmap {

namespace {

ModelFacts factsOf(const BlipConfig& config, const BlipTask& task)
{
    ModelFacts facts;
    facts.task = task.task;
    facts.inputs = {{kBlipPicture, InputKind::Image, true, "Picture"}, task.text};
    facts.generatesText = task.generatesText;
    facts.maxTextTokens = config.text.maxPositions;
    facts.vocabularySize = config.text.vocabularySize;
    facts.imageProcessor = "BlipImageProcessor";
    facts.passNotes = task.passNotes;
    facts.notes = config.notes;
    return facts;
}

} // namespace

std::unique_ptr<Model> loadBlip(std::shared_ptr<const Checkpoint> checkpoint)
{
    BlipConfig config = BlipConfig::from(*checkpoint);
    switch (config.form) {
    case BlipForm::QuestionAnswering:
        return loadBlipQuestionAnswering(std::move(checkpoint), std::move(config));
    case BlipForm::ImageTextRetrieval:
        return loadBlipRetrieval(std::move(checkpoint), std::move(config));
    case BlipForm::ConditionalGeneration:
        return loadBlipCaptioning(std::move(checkpoint), std::move(config));
    }
    throw Error(ErrorKind::Internal, "unknown form of BLIP");
}

BlipBase::BlipBase(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config, BlipTask task)
    : ModelBase(std::move(checkpoint), factsOf(config, task)), m_config(std::move(config)),
      m_textInput(std::move(task.text.id)), m_vision(BlipVisionModel::load(weights() / "vision_model", m_config.vision))
{}

std::int64_t BlipBase::planPicture(ModelPlan& plan) const
{
    const std::int64_t positions = m_vision.positionsOf(*plan.request().pixels);
    plan.add("vision", m_vision.plan(kBlipPicture, positions));
    plan.add({kBlipPicture, positions, 0, positions, {}});
    return positions;
}

std::int64_t BlipBase::planText(ModelPlan& plan, const BlipTextModel& encoder, const std::string& passId,
                                std::int64_t picturePositions) const
{
    const auto positions = static_cast<std::int64_t>(plan.request().text->ids.size());
    plan.add(passId, encoder.plan({m_textInput, kBlipPicture}, positions, picturePositions));
    plan.add({m_textInput, positions, 0, positions, plan.request().visible});
    return positions;
}

void BlipBase::planGeneration(ModelPlan& plan, const BlipTextDecoder& decoder, const std::string& id,
                              std::int64_t promptLength, const std::string& statesAxis,
                              std::int64_t statesPositions) const
{
    const GenerationSettings settings = settingsFor(plan.request(), m_config.generation);
    const std::int64_t inputs = mostReplayedPositions(settings, promptLength);
    plan.add(id, decoder.body().plan({id, statesAxis}, inputs, statesPositions));
    plan.add({id, inputs, 1, promptLength, {}}); // the first row sees nothing but position 0
    plan.addText(id);
}

at::Tensor BlipBase::seePicture(ModelRun& run) const
{
    const PixelValues& pixels = *run.request().pixels;
    run.addAxis(pictureRunAxis(kBlipPicture, pixels, static_cast<int>(m_config.vision.patchSize), 1));
    return run.record("vision", "vision_model", m_config.vision.layers,
                      [&](const ForwardContext& context) { return m_vision(pixels, kBlipPicture, context); });
}

at::Tensor BlipBase::readText(ModelRun& run, const BlipTextModel& encoder, const std::string& passId,
                              const at::Tensor& picture) const
{
    const Encoding& text = *run.request().text;
    run.addAxis(textRunAxis(m_textInput, text));
    BlipTextInput input;
    input.ids = idTensor(text.ids);
    input.mask = AttentionMask::padding(run.request().visible);
    input.encoderStates = picture;
    input.axis = m_textInput;
    input.encoderAxis = kBlipPicture;
    return run.record(passId, "text_encoder", m_config.text.layers,
                      [&](const ForwardContext& context) { return encoder(input, nullptr, context); });
}

void BlipBase::generate(ModelRun& run, const BlipTextDecoder& decoder, const std::string& id,
                        std::vector<std::int32_t> prompt, const std::string& promptInput, const at::Tensor& states,
                        const std::string& statesAxis) const
{
    BlipTextCache cache;
    const auto forward = [&](const at::Tensor& ids, std::int64_t past, BlipTextCache* kept,
                             const ForwardContext& context) {
        BlipTextInput input;
        input.ids = ids;
        input.past = past;
        if (ids.size(0) > 1 || !kept)
            input.mask = AttentionMask::causal(ids.size(0));
        input.encoderStates = states;
        input.axis = id;
        input.encoderAxis = statesAxis;
        return decoder(input, kept, context);
    };
    TextGeneration generation;
    generation.id = id;
    generation.component = "text_decoder";
    generation.layers = m_config.text.layers;
    generation.settings = settingsFor(run.request(), m_config.generation);
    generation.prompt = std::move(prompt);
    generation.promptInput = promptInput;
    generation.step = [&](const at::Tensor& ids, std::int64_t past, const ForwardContext& context) {
        return forward(ids, past, &cache, context);
    };
    generation.replay = [&](const at::Tensor& ids, const ForwardContext& context) {
        return forward(ids, 0, nullptr, context);
    };
    generateText(run, std::move(generation));
}

} // namespace heedmap
