// Pictures, recordings and questions: what is opened, and what becomes of it.

#include "app/session/document_command.h"
#include "app/session/session.h"
#include "core/base/files.h"
#include "widgets/context/background.h"
#include "widgets/image/picture_image.h"

#include <QBuffer>
#include <QFileInfo>

namespace heedmap {

namespace {

QByteArray readBytes(const QString& path, std::size_t maxBytes)
{
    const std::vector<std::byte> bytes = readFile(path.toStdString(), maxBytes);
    return QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
}

QByteArray asPng(const QImage& image)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    if (!image.save(&buffer, "PNG"))
        throw Error(ErrorKind::Unsupported,
                    "the picture on the clipboard cannot be read; save it to a file and open that");
    return bytes;
}

Picture pictureFromBytes(const QByteArray& bytes, const QString& name)
{
    const auto file = std::as_bytes(std::span(bytes));
    return {bytes, name, decodePicture(file, name.toStdString()), sha256Hex(file)};
}

/// Absent where there is no such folder (any more): a run says what is wrong with the model there is.
std::optional<ModelSummary> summaryOf(const QString& folder)
{
    try {
        return folder.isEmpty() ? std::nullopt : std::optional(readModelSummary(folder));
    } catch (const Error&) {
        return std::nullopt;
    }
}

} // namespace

/// What was asked to be opened.
struct Session::InputOrder
{
    enum class Purpose
    {
        Input,
        SpokenQuestion,
        Sample
    };
    std::function<QByteArray()> readPicture; ///< empty: none
    QString pictureName;
    QString recordingPath = {}; ///< empty: none
    QString path = {};          ///< for the list of recent files; empty: not for it
    std::optional<QString> question = {};
    Purpose purpose = Purpose::Input;
    QString otherModel = {}; ///< folder of the model to open where the document's does not take it

    QString name() const { return pictureName.isEmpty() ? QFileInfo(recordingPath).fileName() : pictureName; }
};

struct Session::ReadInputs
{
    Picture picture;
    std::shared_ptr<const Recording> recording;
    std::optional<ModelSummary> otherModel;
};

bool Session::takesPicture() const
{
    const ModelInputs* inputs = modelInputs();
    return inputs ? inputs->picture.has_value() : !m_document.model.hears;
}

bool Session::takesRecording() const
{
    const ModelInputs* inputs = modelInputs();
    return inputs ? inputs->sound.has_value() : m_document.model.hears;
}

bool Session::takesText() const
{
    const ModelInputs* inputs = modelInputs();
    return inputs ? inputs->text.has_value() : !m_document.model.hears;
}

void Session::setStandardModels(const QString& picture, const QString& speech)
{
    m_pictureModel = picture;
    m_speechModel = speech;
}

void Session::openPicture(const QString& path)
{
    readInputs({[path] { return readBytes(path, kMaxImageBytes); }, QFileInfo(path).fileName(), {}, path});
}

void Session::pastePicture(const QImage& image)
{
    readInputs({[image] { return asPng(image); }, tr("pasted picture.png")});
}

void Session::openRecording(const QString& path)
{
    readInputs({{}, {}, path, path});
}

void Session::speakQuestion(const QString& path)
{
    readInputs({{}, {}, path, path, {}, InputOrder::Purpose::SpokenQuestion});
}

void Session::openSample(const SampleInputs& sample)
{
    InputOrder order;
    if (const QString path = sample.picturePath; !path.isEmpty()) {
        order.readPicture = [path] { return readBytes(path, kMaxImageBytes); };
        order.pictureName = QFileInfo(path).fileName();
        order.question = sample.question;
    }
    order.recordingPath = sample.recordingPath;
    order.purpose = InputOrder::Purpose::Sample;
    readInputs(std::move(order));
}

void Session::readInputs(InputOrder order)
{
    const bool hasPicture = order.readPicture != nullptr;
    const bool isSample = order.purpose == InputOrder::Purpose::Sample;
    m_openId += hasPicture || isSample ? 1 : 0;
    m_recordingId += !hasPicture || isSample ? 1 : 0;
    m_picturesUnderWay += hasPicture ? 1 : 0;
    order.otherModel = hasPicture ? m_pictureModel : m_speechModel;
    // Of two pictures, or two recordings, the newer wins, and a sample is both. A recording that is opened after a
    // picture is no rival: it waits for it.
    const auto isNewest = [this, hasPicture, isSample, openId = m_openId, recordingId = m_recordingId] {
        const bool openCounts = hasPicture || isSample;
        return (!openCounts || openId == m_openId) && (hasPicture || recordingId == m_recordingId);
    };
    const auto end = [this, hasPicture] {
        if (hasPicture)
            endRead(m_picturesUnderWay);
    };
    runInBackground(
        this, [order] { return read(order); },
        [this, order, hasPicture, isNewest, end](const ReadInputs& found) {
            // What becomes of them is decided by the model, and of a recording by the picture, there will be.
            afterReads(!hasPicture, [this, order, isNewest, end, found] {
                if (isNewest())
                    takeRead(order, found);
                end();
            });
        },
        [this, isNewest, end](const Error& error) {
            if (isNewest())
                emit failed(QString::fromStdString(error.what()));
            end();
        });
}

Session::ReadInputs Session::read(const InputOrder& order)
{
    ReadInputs found;
    if (order.readPicture)
        found.picture = pictureFromBytes(order.readPicture(), order.pictureName);
    if (!order.recordingPath.isEmpty())
        found.recording = recordingFromFile(order.recordingPath);
    found.otherModel = summaryOf(order.otherModel);
    return found;
}

void Session::takeRead(const InputOrder& order, const ReadInputs& found)
{
    using Purpose = InputOrder::Purpose;
    if (!order.path.isEmpty())
        emit fileOpened(order.path);
    const bool isAlone = found.recording && found.picture.isNull();
    const bool asksAboutPicture = order.purpose == Purpose::Input && !m_document.picture.isNull() && !takesRecording();
    if (isAlone && takesText() && (asksAboutPicture || order.purpose == Purpose::SpokenQuestion))
        return hearQuestion({found.recording});
    cancelRun(); // of other inputs
    const QString before = m_document.model.name;
    Document after = withInputs(order, found);
    const bool switches = !before.isEmpty() && !(after.model == m_document.model);
    const int mergeId = ++m_lastMergeId;
    const QString kind = order.purpose == Purpose::Sample ? tr("sample %1")
                         : isAlone                        ? tr("recording %1")
                                                          : tr("picture %1");
    change(kind.arg(order.name()), std::move(after), mergeId);
    if (switches)
        emit informed(
            found.recording && isAlone
                ? tr("The model %1 takes no recording: %2 was opened for it.").arg(before, m_document.model.name)
                : tr("The model %1 takes no picture: %2 was opened for it.").arg(before, m_document.model.name));
    if (order.purpose != Purpose::Sample || !found.recording)
        return;
    if (isAlone)
        run();
    else
        hearQuestion({found.recording, mergeId, true});
}

/// The document with what was read, and with a model that takes it.
Document Session::withInputs(const InputOrder& order, const ReadInputs& found) const
{
    Document after = m_document;
    const bool fits = found.picture.isNull() ? takesRecording() : takesPicture();
    if (!fits && found.otherModel)
        after.model = *found.otherModel;
    const Capture* heard = m_document.capture.get();
    const bool carriesTranscript = !fits && !order.question && heard && recordingInput(*heard) && isPlainRun(*heard);
    if (carriesTranscript) { // what was heard becomes what is asked
        after.speech = m_document.capture;
        after.question = transcriptOf(*heard);
    }
    if (!found.picture.isNull())
        after.picture = found.picture;
    if (order.question) {
        after.question = *order.question;
        after.speech.reset();
        after.recording.reset();
    }
    if (found.recording && found.picture.isNull()) // a question is spoken once it was heard
        after.recording = found.recording;
    after.capture.reset(); // it is of other inputs
    after.heardWith.reset();
    after.selection = {};
    forgetInterventions(after);
    return after;
}

/// Once the models, and perhaps the pictures, that were asked for are there or will not come.
void Session::afterReads(bool alsoPictures, std::function<void()> act)
{
    if (m_modelsUnderWay == 0 && (!alsoPictures || m_picturesUnderWay == 0))
        return act();
    m_afterReads.push_back({alsoPictures, std::move(act)});
}

void Session::endRead(int& underWay)
{
    --underWay;
    for (AfterReads& waiting : std::exchange(m_afterReads, {}))
        afterReads(waiting.alsoPictures, std::move(waiting.act));
}

} // namespace heedmap
