#include "app/engine/run_order.h"

#include "app/engine/token_spans.h"
#include "core/base/files.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kMostNewTokens = 1'000'000;
constexpr std::size_t kMostScoredTokens = 64;

void refuseUnknownInputs(const Json& inputs, const std::vector<ModelInput>& known, const LoadedModel& loaded)
{
    std::vector<std::string> names;
    for (const ModelInput& input : known)
        names.push_back(input.id);
    for (const auto& [id, value] : inputs.items())
        if (std::ranges::find(names, id) == names.end())
            throw Error(ErrorKind::InvalidRequest, "{} takes no input \"{}\"{}", loaded.checkpoint->name(),
                        printable(id), didYouMean(id, names));
}

/// A file that was sent before, or lies here, and what it is called.
struct InputFile
{
    std::string name;
    InputBytes bytes;
};

InputFile readInputFile(const EngineState& state, const Json& json, const ModelInput& input, std::size_t mostBytes)
{
    const std::string where = "the input \"" + input.id + "\"";
    InputFile file;
    const bool byPath = json.is_object() && json.contains("path");
    const std::string source = readParams([&] {
        refuseUnknownMembers(json, {"content", "path", "name"}, where);
        const std::string value = jsonString(json, byPath ? "path" : "content", where);
        file.name = jsonString(json, "name", where, byPath ? std::filesystem::path(value).filename().string() : "");
        return value;
    });
    if (byPath)
        file.bytes = std::make_shared<const std::vector<std::byte>>(readFile(source, mostBytes));
    else
        file.bytes = state.inputs.get(source);
    if (file.name.empty())
        file.name = input.id;
    return file;
}

PictureInput readPicture(const EngineState& state, const Json& json, const ModelInput& input)
{
    InputFile file = readInputFile(state, json, input, kMaxImageBytes);
    PictureInput picture;
    picture.id = input.id;
    picture.name = std::move(file.name);
    picture.file = std::move(file.bytes);
    picture.header = readImageHeader(*picture.file, picture.name);
    const bool sideways = picture.header.orientation >= 5;
    picture.width = sideways ? picture.header.storedHeight : picture.header.storedWidth;
    picture.height = sideways ? picture.header.storedWidth : picture.header.storedHeight;
    return picture;
}

SoundInput readSound(const EngineState& state, const Json& json, const ModelInput& input, const LoadedModel& loaded)
{
    InputFile file = readInputFile(state, json, input, kMaxAudioBytes);
    SoundInput sound;
    sound.id = input.id;
    sound.name = std::move(file.name);
    sound.file = std::move(file.bytes);
    sound.header = readAudioHeader(*sound.file, sound.name);
    const LogMelExtractor& front = *loaded.soundFront;
    const auto samples = static_cast<std::int64_t>(sound.header.seconds * front.sampleRate());
    sound.features.bins = front.bins();
    sound.features.frames = std::max(front.windowFrames(), static_cast<int>(samples / front.hopLength()));
    return sound;
}

std::optional<TextInput> readText(const Json& json, const ModelInput& input, const LoadedModel& loaded)
{
    const std::string where = "the input \"" + input.id + "\"";
    TextInput text{input.id,
                   readParams([&] {
                       refuseUnknownMembers(json, {"text"}, where);
                       return jsonString(json, "text", where);
                   }),
                   {}};
    if (text.text.empty() && !input.required)
        return std::nullopt;
    if (text.text.empty())
        throw Error(ErrorKind::InvalidRequest, "The {} is empty; {} needs one.", input.id, loaded.checkpoint->name());
    text.encoding = loaded.tokenizer->encode(text.text);
    const std::int64_t most = loaded.model->facts().maxTextTokens;
    if (static_cast<std::int64_t>(text.encoding.ids.size()) > most)
        throw Error(ErrorKind::InvalidRequest,
                    "The {} has {} tokens, special ones included; {} reads at most {}. Make it shorter.", input.id,
                    text.encoding.ids.size(), loaded.checkpoint->name(), most);
    return text;
}

const char* kindForPeople(InputKind kind)
{
    return kind == InputKind::Image ? "a picture" : kind == InputKind::Audio ? "a recording" : "a text";
}

void readInputs(RunOrder& order, const EngineState& state, const Json& inputs)
{
    const std::vector<ModelInput>& known = order.loaded.model->facts().inputs;
    refuseUnknownInputs(inputs, known, order.loaded);
    for (const ModelInput& input : known) {
        if (!inputs.contains(input.id) && input.required)
            throw Error(ErrorKind::InvalidRequest, "{} needs the input \"{}\" ({}), which is missing",
                        order.loaded.checkpoint->name(), input.id, kindForPeople(input.kind));
        if (!inputs.contains(input.id))
            continue;
        if (input.kind == InputKind::Image)
            order.picture = readPicture(state, inputs[input.id], input);
        else if (input.kind == InputKind::Audio)
            order.sound = readSound(state, inputs[input.id], input, order.loaded);
        else
            order.text = readText(inputs[input.id], input, order.loaded);
    }
}

std::vector<std::int32_t> readScoredTokens(const Json& options)
{
    const Json& list = jsonArray(options, "score_tokens", "\"options\"");
    if (list.size() > kMostScoredTokens)
        throw ProtocolError(rpc::kInvalidParams, "\"score_tokens\" has {} ids; at most {} are scored", list.size(),
                            kMostScoredTokens);
    std::vector<std::int32_t> ids;
    for (const Json& id : list) {
        if (!id.is_number_integer() || id < 0 || id > INT32_MAX)
            throw ProtocolError(rpc::kInvalidParams, "\"score_tokens\" has {}, which is no token id",
                                printable(id.dump()));
        ids.push_back(id.get<std::int32_t>());
    }
    return ids;
}

/// A token as the vocabulary spells it, or a text that is one token.
std::int32_t tokenOf(const std::string& text, const LoadedModel& loaded)
{
    if (!loaded.tokenizer)
        throw Error(ErrorKind::InvalidRequest, "{} has no tokens", loaded.checkpoint->name());
    const Tokenizer& tokenizer = *loaded.tokenizer;
    // Words of byte-level vocabularies begin with a blank.
    for (const std::string& spelled : {text, "\u0120" + text})
        if (const std::optional<std::int32_t> id = tokenizer.idFromToken(spelled))
            return *id;
    EncodeOptions bare;
    bare.addSpecialTokens = false;
    const Encoding encoding = tokenizer.encode(text, bare);
    if (encoding.ids.size() == 1 && !isSpecialToken(tokenizer, encoding.ids.front())) // which unknown words become
        return encoding.ids.front();
    std::vector<std::string> known;
    for (std::size_t id = 0; id < tokenizer.vocabularySize(); ++id)
        if (const std::optional<std::string> token = tokenizer.tokenFromId(static_cast<std::int32_t>(id)))
            known.push_back(*token);
    throw Error(ErrorKind::NotFound, "{} has no token \"{}\"{}", loaded.checkpoint->name(), printable(text),
                didYouMean(text, known));
}

GradientRequest readGradients(const Json& options, const LoadedModel& loaded)
{
    const std::string where = "\"gradients\"";
    const Json& json = jsonObject(options, "gradients", "\"options\"");
    refuseUnknownMembers(json, {"target", "step", "token"}, where);
    GradientRequest request;
    request.target = jsonString(json, "target", where);
    request.step = jsonInteger(json, "step", where, 0, kMostNewTokens, 0);
    if (json.contains("token") && json["token"].is_string())
        request.token = tokenOf(json["token"].get<std::string>(), loaded);
    else if (json.contains("token"))
        request.token = static_cast<std::int32_t>(jsonInteger(json, "token", where, 0, INT32_MAX));
    return request;
}

void readSpeechOptions(RunOrder& order, const Json& options)
{
    const std::string where = "\"options\"";
    if (options.contains("beams"))
        order.beams = jsonInteger(options, "beams", where, 1, kMostBeams);
    if (options.contains("n_best"))
        order.nBest = jsonInteger(options, "n_best", where, 1, kMostBeams);
    order.speech.language = jsonString(options, "language", where, "");
    order.speech.task = jsonString(options, "task", where, "");
    if (options.contains("timestamps"))
        order.speech.timestamps = jsonBool(options, "timestamps", where, false);
    order.words = jsonBool(options, "words", where, false);
    order.wordRows = timingRowsFromName(jsonString(options, "word_rows", where, timingRowsNames().front()));
    const bool asked =
        !order.speech.language.empty() || !order.speech.task.empty() || order.speech.timestamps || order.words;
    if (asked && !order.loaded.model->facts().input(InputKind::Audio))
        throw Error(ErrorKind::InvalidRequest, "{} hears nothing: leave language, task, timestamps and words away",
                    order.loaded.checkpoint->name());
}

void readOptions(RunOrder& order, const Json& params)
{
    if (!params.contains("options") || params["options"].is_null())
        return;
    readParams([&] {
        const Json& options = jsonObject(params, "options", "the params");
        refuseUnknownMembers(options,
                             {"max_new_tokens", "score_tokens", "values", "gradients", "sites", "heads", "queries",
                              "storage_dtype", "byte_budget", "beams", "n_best", "language", "task", "timestamps",
                              "words", "word_rows"},
                             "\"options\"");
        readSpeechOptions(order, options);
        if (options.contains("max_new_tokens"))
            order.maxNewTokens = jsonInteger(options, "max_new_tokens", "\"options\"", 1, kMostNewTokens);
        if (options.contains("score_tokens"))
            order.scoredTokens = readScoredTokens(options);
        if (options.contains("gradients") && !options["gradients"].is_null())
            order.gradients = readGradients(options, order.loaded);
        order.storage = StorageChoice::fromOptions(options);
        order.values = jsonBool(options, "values", "\"options\"", false) || order.gradients;
    });
}

void readInterventions(RunOrder& order, const Json& params)
{
    if (!params.contains("interventions") || params["interventions"].is_null())
        return;
    order.interventions = readParams([&] { return interventionsFromJson(params["interventions"], "the params"); });
}

void readCapturePath(RunOrder& order, const Json& params)
{
    if (!params.contains("capture") || params["capture"].is_null())
        return;
    order.capturePath = readParams([&] {
        const Json& capture = jsonObject(params, "capture", "the params");
        refuseUnknownMembers(capture, {"path"}, "\"capture\"");
        return jsonString(capture, "path", "\"capture\"", "");
    });
}

} // namespace

RunOrder RunOrder::fromParams(const EngineState& state, const Json& params, const std::string& method)
{
    const std::string where = "the params of " + method;
    const auto [model, inputs] = readParams([&] {
        refuseUnknownMembers(params, {"model", "inputs", "options", "interventions", "capture"}, where);
        return std::pair(jsonString(params, "model", where), jsonObject(params, "inputs", where));
    });
    RunOrder order{state.models.get(model)};
    readOptions(order, params);
    readInterventions(order, params);
    readCapturePath(order, params);
    readInputs(order, state, inputs);
    if (!order.picture)
        return order;
    order.picture->pixels.width = order.loaded.preprocessor->width();
    order.picture->pixels.height = order.loaded.preprocessor->height();
    if (order.picture->pixels.width == 0) // a size that follows from the picture's own
        order.preparePicture();
    return order;
}

void RunOrder::prepareInputs()
{
    preparePicture();
    prepareSound();
}

RunRequest RunOrder::request() const
{
    RunRequest run;
    if (picture)
        run.pixels = picture->pixels;
    if (text)
        run.text = text->encoding;
    if (sound)
        run.sound = sound->features;
    run.speech = speech;
    run.beams = beams;
    run.nBest = nBest.value_or(1);
    run.maxNewTokens = maxNewTokens;
    run.scoredTokens = scoredTokens;
    run.interventions = interventions;
    run.gradients = gradients;
    run.capture.values = values;
    return run;
}

void RunOrder::prepareSound()
{
    if (!sound)
        return;
    const LogMelExtractor& front = *loaded.soundFront;
    const Audio audio = decodeAudio(*sound->file, sound->name, front.sampleRate());
    requireAudible(audio, sound->name);
    sound->features = front.recording(audio.samples);
}

void RunOrder::preparePicture()
{
    if (!picture)
        return;
    const DecodedImage decoded = decodeImage(*picture->file, picture->name);
    picture->width = decoded.upright.width;
    picture->height = decoded.upright.height;
    picture->pixels = loaded.preprocessor->apply(decoded.upright);
}

} // namespace heedmap
