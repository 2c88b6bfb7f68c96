#include "app/verbs/run_to_capture.h"

#include "app/verbs/interrupt_watch.h"
#include "core/base/byte_text.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/capture/capture.h"
#include "core/media/audio.h"
#include "core/media/image.h"

#include <QEventLoop>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>
#include <optional>
#include <unistd.h>

namespace heedmap {

namespace {

void showProgress(const QString& stage, qint64 done, qint64 total)
{
    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "\r\033[K{} ({}/{})", stage.toStdString(), done, total);
}

void showNotes(const QStringList& notes)
{
    for (const QString& note : notes)
        fmt::print(stderr, "{}note: {}\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", note.toStdString());
}

void showSize(qint64 bytes)
{
    fmt::print(stderr, "{}at most {} will be written\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", byteText(bytes));
}

} // namespace

RunSpec readRunSpec(const std::filesystem::path& modelFolder, const std::filesystem::path& picture,
                    const std::string& text, const std::filesystem::path& capture)
{
    RunSpec spec;
    spec.modelFolder = QString::fromStdString(std::filesystem::absolute(modelFolder).string());
    if (!picture.empty()) {
        const std::vector<std::byte> bytes = readFile(picture, kMaxImageBytes);
        readImageHeader(bytes, picture.string());
        spec.picture = QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        spec.pictureSha256 = sha256Hex(bytes);
        spec.pictureName = QString::fromStdString(picture.filename().string());
    }
    spec.text = QString::fromStdString(text);
    if (!capture.empty())
        spec.capturePath = QString::fromStdString(std::filesystem::absolute(capture).string());
    return spec;
}

void readRecording(const std::filesystem::path& recording, RunSpec& spec)
{
    const std::vector<std::byte> bytes = readFile(recording, kMaxAudioBytes);
    readAudioHeader(bytes, recording.string());
    spec.sound = QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    spec.soundSha256 = sha256Hex(bytes);
    spec.soundName = QString::fromStdString(recording.filename().string());
}

Json runToCapture(RunSpec spec)
{
    VerbEngine engine;
    return runToCapture(engine, std::move(spec));
}

Json runToCapture(VerbEngine& engine, RunSpec spec)
{
    const QString model = spec.modelFolder;
    RunJob job(engine.client, std::move(spec));
    QEventLoop loop;
    std::optional<Error> failure;
    Json answer;
    QObject::connect(&job, &RunJob::progress, showProgress);
    QObject::connect(&job, &RunJob::inputsKnown, [&](const ModelInputs& inputs) {
        if (engine.notedModels.insert(model).second)
            showNotes(inputs.notes);
    });
    QObject::connect(&job, &RunJob::sizeKnown, showSize);
    QObject::connect(&job, &RunJob::finished, &loop, [&](const QString&, const Json&, const Json& result) {
        answer = result;
        loop.quit();
    });
    QObject::connect(&job, &RunJob::failed, &loop, [&](const Error& error) {
        failure = error;
        loop.quit();
    });

    const InterruptWatch watch;
    QTimer interruptTimer;
    QObject::connect(&interruptTimer, &QTimer::timeout, &job, [&] {
        if (watch.interrupted())
            job.cancel();
    });
    interruptTimer.start(50);
    QTimer::singleShot(0, &job, &RunJob::start);
    loop.exec();

    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "\r\033[K");
    if (failure)
        throw *failure;
    return answer;
}

Manifest manifestOfPlainRun(VerbEngine& engine, RunSpec spec)
{
    const QTemporaryDir folder;
    if (!folder.isValid())
        throw Error(ErrorKind::Io, "cannot make a temporary folder: {}", folder.errorString().toStdString());
    spec.capturePath = folder.filePath(QStringLiteral("plain.heed"));
    spec.options["max_new_tokens"] = 1;
    runToCapture(engine, spec);
    return Capture::open(spec.capturePath.toStdString())->manifest();
}

} // namespace heedmap
