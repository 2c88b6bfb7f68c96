#include "app/session/model_summary.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>

#include <vector>

namespace heedmap {

namespace {

constexpr std::size_t kMaxConfigBytes = 16 << 20;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::ModelSummary", text);
}

/// A positive integer member, or 0: a summary leaves out what it does not find.
std::int64_t positiveCount(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

struct Part
{
    std::int64_t layers = 0;
    std::int64_t heads = 0;
};

/// The parts of a model: encoder and decoder where its fields say so, else as its configuration nests them, or the
/// model itself where it has none.
std::vector<Part> partsOf(const Json& config)
{
    std::vector<Part> parts;
    for (const char* key : {"vision_config", "audio_config", "text_config"})
        if (const auto found = config.find(key); found != config.end() && found->is_object())
            parts.push_back({positiveCount(*found, "num_hidden_layers"), positiveCount(*found, "num_attention_heads")});
    if (!parts.empty())
        return parts;
    if (config.contains("encoder_layers"))
        return {{positiveCount(config, "encoder_layers"), positiveCount(config, "encoder_attention_heads")},
                {positiveCount(config, "decoder_layers"), positiveCount(config, "decoder_attention_heads")}};
    return {{positiveCount(config, "num_hidden_layers"), positiveCount(config, "num_attention_heads")}};
}

/// "4 + 4 layers · 4 heads" when the parts have equally many heads, else both said apart. Empty when one says nothing.
QString layersText(const std::vector<Part>& parts)
{
    QStringList layers;
    QStringList products;
    bool sameHeads = true;
    for (const Part& part : parts) {
        if (part.layers == 0 || part.heads == 0)
            return {};
        sameHeads = sameHeads && part.heads == parts.front().heads;
        layers << QString::number(part.layers);
        products << tr("%1 × %2").arg(part.layers).arg(part.heads);
    }
    if (!sameHeads)
        return tr("%1 heads").arg(products.join(QStringLiteral(" + ")));
    return tr("%1 layers · %2 heads").arg(layers.join(QStringLiteral(" + "))).arg(parts.front().heads);
}

/// The grid a picture is cut into, or the bands a recording is.
QString inputText(const Json& config)
{
    if (const std::int64_t bins = positiveCount(config, "num_mel_bins"); bins > 0)
        return tr("%1 mel bins").arg(bins);
    const auto vision = config.find("vision_config");
    const Json& part = vision != config.end() && vision->is_object() ? *vision : config;
    const std::int64_t image = positiveCount(part, "image_size");
    const std::int64_t patch = positiveCount(part, "patch_size");
    return image > 0 && patch > 0 ? tr("%1 × %1 patches").arg(image / patch) : QString();
}

/// What generation_config.json calls "<|en|>" and so on; a folder need not have one.
QStringList languagesOf(const QString& folder)
{
    QStringList languages;
    const QString path = QDir(folder).absoluteFilePath(QStringLiteral("generation_config.json"));
    if (!QFileInfo::exists(path))
        return languages;
    const Json config = parseJson(readTextFile(path.toStdString(), kMaxConfigBytes), path.toStdString());
    const auto tokens = config.is_object() ? config.find("lang_to_id") : config.end();
    if (tokens == config.end() || !tokens->is_object())
        return languages;
    for (const auto& [token, id] : tokens->items())
        languages << QString::fromStdString(token).remove(QStringLiteral("<|")).remove(QStringLiteral("|>"));
    return languages;
}

} // namespace

ModelSummary readModelSummary(const QString& folder)
{
    const QString configPath = QDir(folder).absoluteFilePath(QStringLiteral("config.json"));
    if (!QFileInfo::exists(configPath))
        throw Error(ErrorKind::NotFound,
                    "{} is no model folder: it holds no config.json. Choose a folder as Hugging Face lays them out "
                    "(config.json, model.safetensors, tokenizer.json).",
                    folder.toStdString());
    const Json config = parseJson(readTextFile(configPath.toStdString(), kMaxConfigBytes), configPath.toStdString());
    if (!config.is_object())
        throw Error(ErrorKind::InvalidFile, "{} is not a model configuration: it holds no JSON object",
                    configPath.toStdString());

    ModelSummary summary;
    summary.folder = QDir(folder).absolutePath();
    summary.name = QFileInfo(summary.folder).fileName();
    summary.architecture = QString::fromStdString(jsonString(config, "model_type", "config.json", ""));
    if (const auto names = config.find("architectures");
        names != config.end() && names->is_array() && !names->empty() && names->front().is_string())
        summary.architecture = QString::fromStdString(names->front().get<std::string>());
    summary.hears = positiveCount(config, "num_mel_bins") > 0;
    if (summary.hears)
        summary.languages = languagesOf(summary.folder);
    for (const QFileInfo& file : QDir(folder).entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files))
        summary.byteCount += file.size();
    QStringList details{layersText(partsOf(config)), inputText(config)};
    details.removeAll(QString());
    summary.detail = details.join(QStringLiteral(" · "));
    return summary;
}

} // namespace heedmap
