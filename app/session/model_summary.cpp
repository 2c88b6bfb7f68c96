#include "app/session/model_summary.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStringList>

namespace heedmap {

namespace {

constexpr std::size_t kMaxConfigBytes = 16 << 20;

QString tr(const char* text)
{
    return QCoreApplication::translate("heedmap::ModelSummary", text);
}

/// A positive integer member, or 0: a summary leaves out what it does not find.
std::int64_t count(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

const Json& part(const Json& config, const char* key)
{
    static const Json nothing = Json::object();
    const auto found = config.find(key);
    return found != config.end() && found->is_object() ? *found : nothing;
}

/// "4 + 4 layers · 4 heads" when the parts have equally many heads, else both said apart.
QString layersText(const Json& vision, const Json& text)
{
    const std::int64_t visionHeads = count(vision, "num_attention_heads");
    const std::int64_t textHeads = count(text, "num_attention_heads");
    const std::int64_t visionLayers = count(vision, "num_hidden_layers");
    const std::int64_t textLayers = count(text, "num_hidden_layers");
    if (visionLayers == 0 || textLayers == 0 || visionHeads == 0 || textHeads == 0)
        return {};
    if (visionHeads == textHeads)
        return tr("%1 + %2 layers · %3 heads").arg(visionLayers).arg(textLayers).arg(textHeads);
    return tr("%1 × %2 + %3 × %4 heads").arg(visionLayers).arg(visionHeads).arg(textLayers).arg(textHeads);
}

QString patchesText(const Json& vision)
{
    const std::int64_t image = count(vision, "image_size");
    const std::int64_t patch = count(vision, "patch_size");
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
    const Json& vision = part(config, "vision_config");
    QStringList details{layersText(vision, part(config, "text_config")), patchesText(vision)};
    details.removeAll(QString());
    summary.detail = details.join(QStringLiteral(" · "));
    return summary;
}

} // namespace heedmap
