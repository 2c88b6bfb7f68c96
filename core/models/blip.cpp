#include "core/models/blip.h"

#include "core/base/error.h"
#include "core/models/blip_forms.h"
#include "core/runtime/tensor_conversion.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <new>

namespace heedmap {

namespace {

constexpr const char* kPictureAxis = "picture";

ModelTask taskOf(BlipForm form)
{
    switch (form) {
    case BlipForm::QuestionAnswering:
        return ModelTask::QuestionAnswering;
    case BlipForm::ImageTextRetrieval:
        return ModelTask::ImageTextRetrieval;
    case BlipForm::ConditionalGeneration:
        return ModelTask::Captioning;
    }
    throw Error(ErrorKind::Internal, "unknown form of BLIP");
}

ModelFacts factsOf(const Checkpoint& checkpoint, const BlipConfig& config)
{
    ModelFacts facts;
    facts.modelType = checkpoint.modelType();
    facts.architecture = checkpoint.architecture();
    facts.task = taskOf(config.form);
    facts.textRequired = config.form != BlipForm::ConditionalGeneration;
    facts.maxTextTokens = config.text.maxPositions;
    facts.vocabularySize = config.text.vocabularySize;
    facts.imageSize = static_cast<int>(config.vision.imageSize);
    facts.patchSize = static_cast<int>(config.vision.patchSize);
    facts.parameterCount = checkpoint.weights().parameterCount();
    facts.notes = config.notes;
    return facts;
}

RunAxis pictureAxis(const PixelValues& pixels, std::int64_t patchSize)
{
    RunAxis axis;
    axis.id = kPictureAxis;
    axis.kind = RunAxis::Kind::Picture;
    axis.leadingSpecials = 1;
    axis.patchSize = static_cast<int>(patchSize);
    axis.rows = pixels.height / axis.patchSize;
    axis.columns = pixels.width / axis.patchSize;
    axis.length = 1 + std::int64_t{axis.rows} * axis.columns;
    return axis;
}

RunAxis tokenAxis(const std::string& id, RunAxis::Kind kind, std::vector<std::int32_t> ids, std::int64_t promptLength)
{
    RunAxis axis;
    axis.id = id;
    axis.kind = kind;
    axis.length = static_cast<std::int64_t>(ids.size());
    axis.tokenIds = std::move(ids);
    axis.promptLength = promptLength;
    return axis;
}

bool hasAxis(const RunResult& result, const std::string& id)
{
    return std::any_of(result.axes.begin(), result.axes.end(), [&](const RunAxis& axis) { return axis.id == id; });
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

at::Tensor BlipRun::record(const std::string& passId, const std::string& component, std::int64_t layers,
                           const Forward& forward)
{
    RecordedPass& pass = m_result.passes.emplace_back();
    pass.id = passId;
    pass.component = component;
    const CaptureRequest& capture = m_request.capture;
    PassRecorder recorder(pass, {capture.sites, capture.stages, capture.sink});
    ForwardContext context = unrecorded();
    if (capture.sites || capture.stages)
        context.recorder = &recorder;
    context.layerDone = [this, &passId, layers, done = std::int64_t{0}]() mutable { report(passId, ++done, layers); };
    return forward(context);
}

void BlipRun::report(const std::string& stage, std::int64_t done, std::int64_t total) const
{
    if (m_progress)
        m_progress(stage, static_cast<int>(done), static_cast<int>(total));
}

BlipBase::BlipBase(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config)
    : m_checkpoint(std::move(checkpoint)), m_config(std::move(config)), m_ledger(m_checkpoint->weights()),
      m_facts(factsOf(*m_checkpoint, m_config)),
      m_vision(BlipVisionModel::load(weights() / "vision_model", m_config.vision))
{}

void BlipBase::finishLoading()
{
    m_ledger.throwFaults();
    m_facts.unusedTensors = m_ledger.unusedNames();
    checkFilesIntact();
}

void BlipBase::checkFilesIntact() const
{
    for (const std::shared_ptr<const MappedFile>& file : m_ledger.mappedFiles())
        file->checkIntact();
}

void BlipBase::checkText(const Encoding& text, const std::vector<bool>& visible) const
{
    if (text.ids.empty() || static_cast<std::int64_t>(text.ids.size()) > m_config.text.maxPositions)
        throw Error(ErrorKind::InvalidRequest, "The text has {} tokens; the model takes 1 to {}", text.ids.size(),
                    m_config.text.maxPositions);
    for (const std::int32_t id : text.ids)
        if (id < 0 || id >= m_config.text.vocabularySize)
            throw Error(ErrorKind::InvalidRequest,
                        "The tokenizer gave id {}, but the model has {} tokens: tokenizer and weights do not belong "
                        "together",
                        id, m_config.text.vocabularySize);
    if (!visible.empty() && visible.size() != text.ids.size())
        throw Error(ErrorKind::InvalidRequest, "The padding mask has {} entries for {} tokens", visible.size(),
                    text.ids.size());
    if (!visible.empty() && std::find(visible.begin(), visible.end(), true) == visible.end())
        throw Error(ErrorKind::InvalidRequest, "The padding mask hides every token");
}

void BlipBase::checkPixels(const PixelValues& pixels) const
{
    const bool whole = pixels.width > 0 && pixels.height > 0 &&
                       pixels.values.size() == std::size_t{3} * static_cast<std::size_t>(pixels.width) *
                                                   static_cast<std::size_t>(pixels.height);
    if (!whole)
        throw Error(ErrorKind::InvalidRequest, "The picture's values do not fill 3 × {} × {}", pixels.height,
                    pixels.width);
}

void BlipBase::checkRequest(const RunRequest& request) const
{
    if (!request.text && m_facts.textRequired)
        throw Error(ErrorKind::InvalidRequest, "{} needs a text beside the picture", m_facts.architecture);
    if (request.text)
        checkText(*request.text, request.visible);
    if (request.maxNewTokens && *request.maxNewTokens < 1)
        throw Error(ErrorKind::InvalidRequest, "At least one new token must be asked for, not {}",
                    *request.maxNewTokens);
    for (const std::int32_t id : request.scoredTokens)
        if (id < 0 || id >= m_config.text.vocabularySize)
            throw Error(ErrorKind::InvalidRequest, "There is no token {} to score; the model has those from 0 to {}",
                        id, m_config.text.vocabularySize - 1);
}

RunResult BlipBase::run(const RunRequest& request, std::stop_token stop, const ProgressCallback& progress) const
{
    const at::NoGradGuard noGradients;
    checkRequest(request);
    checkPixels(request.pixels);
    if (!request.interventions.empty())
        plan(request); // which refuses what cannot be done
    BlipRun run(request, std::move(stop), progress);
    try {
        runForm(run);
    } catch (const c10::Error& failure) {
        checkFilesIntact();
        throw Error(ErrorKind::Internal, "The computation failed: {}", failure.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        throw Error(ErrorKind::TooLarge, "There is not enough memory for this run");
    } catch (const Error&) {
        checkFilesIntact();
        throw;
    }
    checkFilesIntact();
    return std::move(run.result());
}

GenerationSettings BlipBase::settingsFor(const RunRequest& request) const
{
    GenerationSettings settings = m_config.generation;
    if (request.maxNewTokens)
        settings.maxNewTokens = request.maxNewTokens;
    return settings;
}

void BlipPlan::add(const std::string& passId, std::vector<PlannedSite> sites)
{
    for (PlannedSite& site : sites) {
        site.passId = passId;
        m_sites.push_back(std::move(site));
    }
}

std::vector<PlannedSite> BlipBase::plan(const RunRequest& request) const
{
    checkRequest(request);
    BlipPlan plan(request);
    planForm(plan);
    checkInterventions(request.interventions, plan.sites(), plan.axes());
    return plan.sites();
}

std::int64_t BlipBase::planPicture(BlipPlan& plan) const
{
    const std::int64_t positions = m_vision.positionsOf(plan.request().pixels);
    plan.add("vision", m_vision.plan(kPictureAxis, positions));
    plan.add({kPictureAxis, positions, 0, positions, {}});
    return positions;
}

std::int64_t BlipBase::planText(BlipPlan& plan, const BlipTextModel& encoder, const std::string& passId,
                                const std::string& axis, std::int64_t picturePositions) const
{
    const auto positions = static_cast<std::int64_t>(plan.request().text->ids.size());
    plan.add(passId, encoder.plan({axis, kPictureAxis}, positions, picturePositions));
    plan.add({axis, positions, 0, positions, plan.request().visible});
    return positions;
}

void BlipBase::planGeneration(BlipPlan& plan, const BlipTextDecoder& decoder, const std::string& id,
                              std::int64_t promptLength, const std::string& statesAxis,
                              std::int64_t statesPositions) const
{
    const std::int64_t inputs = settingsFor(plan.request()).lengthLimit(promptLength) - 1;
    plan.add(id, decoder.body().plan({id, statesAxis}, inputs, statesPositions));
    plan.add({id, inputs, 1, promptLength, {}}); // the first row sees nothing but position 0
}

at::Tensor BlipBase::seePicture(BlipRun& run) const
{
    const PixelValues& pixels = run.request().pixels;
    run.result().axes.push_back(pictureAxis(pixels, m_config.vision.patchSize));
    return run.record("vision", "vision_model", m_config.vision.layers,
                      [&](const ForwardContext& context) { return m_vision(pixels, kPictureAxis, context); });
}

at::Tensor BlipBase::readText(BlipRun& run, const BlipTextModel& encoder, const std::string& passId,
                              const std::string& axis, const at::Tensor& picture) const
{
    const std::vector<std::int32_t>& ids = run.request().text->ids;
    if (!hasAxis(run.result(), axis))
        run.result().axes.push_back(tokenAxis(axis, RunAxis::Kind::Input, ids, 0));
    BlipTextInput input;
    input.ids = idTensor(ids);
    input.mask = AttentionMask::padding(run.request().visible);
    input.encoderStates = picture;
    input.axis = axis;
    input.encoderAxis = kPictureAxis;
    return run.record(passId, "text_encoder", m_config.text.layers,
                      [&](const ForwardContext& context) { return encoder(input, nullptr, context); });
}

DecodedSequence BlipBase::decode(BlipRun& run, const BlipTextDecoder& decoder, std::vector<std::int32_t> prompt,
                                 const BlipTextInput& form) const
{
    const GenerationSettings settings = settingsFor(run.request());
    const auto promptLength = static_cast<std::int64_t>(prompt.size());
    const std::int64_t total = settings.lengthLimit(promptLength) - promptLength;
    const ForwardContext context = run.unrecorded();
    BlipTextCache cache;
    std::int64_t steps = 0;
    const DecodeStep step = [&](std::span<const std::int32_t> newIds, std::int64_t past) {
        BlipTextInput input = form;
        input.ids = idTensor(newIds);
        input.past = past;
        if (newIds.size() > 1)
            input.mask = AttentionMask::causal(static_cast<std::int64_t>(newIds.size()));
        const at::Tensor logits = decoder(input, &cache, context); // [new positions, vocabulary]
        run.report("decode", ++steps, total);
        return logits[-1];
    };
    return searchGreedily(settings, std::move(prompt), step);
}

void BlipBase::generate(BlipRun& run, const BlipTextDecoder& decoder, const std::string& id,
                        std::vector<std::int32_t> prompt, const at::Tensor& states, const std::string& statesAxis) const
{
    BlipTextInput input;
    input.encoderStates = states;
    input.axis = id;
    input.encoderAxis = statesAxis;
    const DecodedSequence sequence = decode(run, decoder, std::move(prompt), input);
    // The last token was never an input: the sequence ended with it.
    std::vector<std::int32_t> inputs(sequence.ids.begin(), sequence.ids.end() - 1);
    input.ids = idTensor(inputs);
    input.mask = AttentionMask::causal(static_cast<std::int64_t>(inputs.size()));
    run.result().axes.push_back(tokenAxis(id, RunAxis::Kind::Generated, std::move(inputs), sequence.promptLength));
    const at::Tensor logits = run.record(id, "text_decoder", m_config.text.layers, [&](const ForwardContext& context) {
        return decoder(input, nullptr, context);
    });
    GeneratedText text = describeGeneration(sequence, logits, run.request().scoredTokens);
    text.passId = id;
    text.axisId = id;
    run.result().generated = std::move(text);
}

} // namespace heedmap
