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

/// The parts of a model as its configuration nests them, or the model itself where it has none.
std::vector<Json> partsOf(const Json& config)
{
    std::vector<Json> parts;
    for (const char* key : {"vision_config", "audio_config", "text_config"})
        if (const auto found = config.find(key); found != config.end() && found->is_object())
            parts.push_back(*found);
    if (parts.empty())
        parts.push_back(config);
    return parts;
}

/// "4 + 4 layers · 4 heads" when the parts have equally many heads, else both said apart. Empty when one says nothing.
QString layersText(const std::vector<Json>& parts)
{
    QStringList layers;
    QStringList products;
    bool sameHeads = true;
    for (const Json& part : parts) {
        const std::int64_t count = positiveCount(part, "num_hidden_layers");
        const std::int64_t heads = positiveCount(part, "num_attention_heads");
        if (count == 0 || heads == 0)
            return {};
        sameHeads = sameHeads && heads == positiveCount(parts.front(), "num_attention_heads");
        layers << QString::number(count);
        products << tr("%1 × %2").arg(count).arg(heads);
    }
    if (!sameHeads)
        return tr("%1 heads").arg(products.join(QStringLiteral(" + ")));
    const std::int64_t heads = positiveCount(parts.front(), "num_attention_heads");
    return tr("%1 layers · %2 heads").arg(layers.join(QStringLiteral(" + "))).arg(heads);
}

QString patchesText(const Json& vision)
{
    const std::int64_t image = positiveCount(vision, "image_size");
    const std::int64_t patch = positiveCount(vision, "patch_size");
    return image > 0 && patch > 0 ? tr("%1 × %1 patches").arg(image / patch) : QString();
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
    for (const QFileInfo& file : QDir(folder).entryInfoList({QStringLiteral("*.safetensors")}, QDir::Files))
        summary.byteCount += file.size();
    const std::vector<Json> parts = partsOf(config);
    QStringList details{layersText(parts), patchesText(parts.front())};
    details.removeAll(QString());
    summary.detail = details.join(QStringLiteral(" · "));
    return summary;
}

} // namespace heedmap
