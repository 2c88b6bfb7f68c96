#pragma once

#include "app/session/capture_cache.h"
#include "app/session/document.h"
#include "app/session/opened_capture.h"
#include "app/session/recording_file.h"
#include "app/session/run_job.h"
#include "core/base/dtype.h"

#include <QObject>
#include <QPointer>
#include <QSet>
#include <QUndoStack>

#include <functional>
#include <map>

namespace heedmap {

/// A picture, a recording, or a picture with a question, written or spoken.
struct SampleInputs
{
    QString picturePath;   ///< empty: none
    QString recordingPath; ///< of the question, or all there is; empty: none
    QString question;      ///< as it is written
};

/// The document and what may be done to it. Every change goes through the undo stack. Nothing here waits: files are
/// read and pictures decoded on workers, models run in the engine; of two requests of one kind the newer wins. Lives in
/// the GUI thread.
class Session : public QObject
{
    Q_OBJECT

public:
    /// `engine` must outlive the session.
    Session(EngineClient& engine, CaptureCache cache, QObject* parent = nullptr);
    ~Session() override;

    const Document& document() const { return m_document; }
    QUndoStack& undoStack() { return m_undoStack; }
    EngineClient& engine() { return m_engine; }
    bool isRunning() const { return m_running; }
    /// What the document's model takes; null until the engine has opened it once.
    const ModelInputs* modelInputs() const;
    /// As the engine says, or, before it has opened the document's model, as the model's files tell.
    bool takesPicture() const;
    bool takesRecording() const;
    bool takesText() const;
    SpeechChoices speechChoices() const;

    /// The models that are opened when an input is and the document's model does not take it, until others of their
    /// kind were opened. Folders; empty: none.
    void setStandardModels(const QString& picture, const QString& speech);

    void openModel(const QString& folder);
    void openPicture(const QString& path);
    /// As the input of a speech model; as the question about the picture where there is one and the model takes text:
    /// then the speech model opened last hears it in the engine, and recording, question and the capture of the hearing
    /// are one step to undo.
    void openRecording(const QString& path);
    /// As the question, whether or not there is a picture yet.
    void speakQuestion(const QString& path);
    /// A picture from the clipboard; it is stored as PNG.
    void pastePicture(const QImage& image);
    /// A sample with a recording is heard and run at once.
    void openSample(const SampleInputs& sample);
    /// Shows a capture with the picture, recording and question in it. Needs no engine.
    void openCapture(const QString& path);
    /// Opens the two captures of a .heedchain: shows the asked one, and the heard one as its spoken question. Needs no
    /// engine.
    void openChain(const QString& path);
    /// Joins another capture with the shown one, through a text they share: that of sound becomes the spoken question
    /// of the other one, which is shown. failed() says why they cannot be joined.
    void joinWith(const QString& path);
    /// A spoken question that is edited is spoken no longer.
    void setQuestion(const QString& question);
    /// Of the next runs on recordings. A run that is under way is given up.
    void setSpeechOptions(const SpeechOptions& options);
    /// Those of an earlier start of the program; before anything else.
    void restoreSpeechOptions(const SpeechOptions& options);
    void setSelection(const Selection& selection);
    void setHeadSets(const std::vector<SavedHeadSet>& sets);
    /// Copies the shown capture's file: `path` holds its old content or all of the new one.
    void saveCapture(const QString& path);
    /// Writes a chain, and beside it (NAME.heard.heed, NAME.asked.heed) those of its captures that no file holds yet.
    void saveChain(const std::shared_ptr<const Chain>& chain, const QString& path);

    /// Changes what happens inside the model and runs it again; without interventions left, the run there was before
    /// them comes back at once. `text` names the change in the history. failed() says why nothing can be changed.
    void setInterventions(const std::vector<Intervention>& list, const QString& text);

    /// With the document's interventions; first without them, when there is no such run yet to compare with.
    void run();
    /// The same run of the model and inputs of the shown capture once more, storing the values its modules mix and, if
    /// wanted, the gradients of one output of it. Selection and interventions stay. failed() says why it cannot be.
    void runWithValues(const std::optional<GradientTarget>& gradients);
    void cancelRun();
    /// What the next runs store weights, queries and keys in: F32, F16 or BF16.
    DType storageType() const { return m_storageType; }
    void setStorageType(DType dtype);
    /// The kinds of maps the next run has, and what storing each takes; empty: not known yet.
    const std::vector<PlannedGroup>& plannedGroups() const { return m_plannedGroups; }
    /// Those of them that the next runs do not store, by id.
    const QSet<QString>& leftOutGroups() const { return m_leftOutGroups; }
    void setLeftOutGroups(const QSet<QString>& groups);
    /// Asks the engine how large the capture of the next run can become: sizeKnown() follows, or nothing does when
    /// nobody can say. A run is not kept waiting. An engine that was not needed yet is started for it where the model
    /// is small and there is something new to run.
    void planSize();
    bool canPlanSize() const; ///< now
    /// Ends the engine; the next run starts it again.
    void restartEngine();

signals:
    void modelChanged(); ///< or what it takes is known now
    void pictureChanged();
    void questionChanged();
    void recordingChanged();
    void speechChanged();
    void speechOptionsChanged();
    void captureChanged(); ///< the selection belongs to the new capture
    void selectionChanged();
    void headSetsChanged();
    void interventionsChanged(); ///< or the run to compare with

    void runStarted();
    void runProgress(const QString& stage, qint64 done, qint64 total);
    void sizeKnown(qint64 bytes); ///< of the next run's capture, at most
    void storageTypeChanged();
    void storedGroupsChanged();              ///< which there are, or which are stored
    void runEnded();                         ///< after success, failure and cancel alike
    void engineDied(const QString& message); ///< during a run
    void failed(const QString& message);     ///< a sentence for the user
    void informed(const QString& message);   ///< good news
    void fileOpened(const QString& path);    ///< a capture, picture or recording, for the list of recent files
    void modelOpened(const QString& folder);

private:
    friend class DocumentCommand;
    void change(const QString& text, Document after, int mergeId = -1);
    void apply(const Document& document);
    Document withOpened(const OpenedCapture& opened) const;
    QStringList knownFilesOf(const std::shared_ptr<const Capture>& capture) const;
    void rememberSaved(const std::shared_ptr<const Capture>& capture, const QString& path);
    struct InputOrder;
    struct ReadInputs;
    void readInputs(InputOrder order);
    static ReadInputs read(const InputOrder& order);
    void takeRead(const InputOrder& order, const ReadInputs& found);
    Document withInputs(const InputOrder& order, const ReadInputs& found) const;
    void afterReads(bool alsoPictures, std::function<void()> act);
    void endRead(int& underWay);
    struct Hearing
    {
        std::shared_ptr<const Recording> recording;
        int mergeId = -1;  ///< of the command that showed it already
        bool runs = false; ///< the document's model, once the question is known
    };
    void hearQuestion(Hearing hearing);
    void readHeard(const QString& capturePath);
    void takeHeard(const std::shared_ptr<const Capture>& speech);
    void failHearing(const Error& error);
    bool isOfOtherInputs(const Document& before, const Document& after) const;
    std::shared_ptr<const Capture> runWithoutInterventions() const;
    bool isPlainRun(const Capture& capture) const;
    bool asksTheQuestionOf(const Capture& capture) const;
    bool hearsTheRecordingOf(const Capture& capture) const;
    void takeGroups(const std::vector<PlannedGroup>& groups);
    void takeInputs(const QString& folder, const ModelInputs& inputs);
    QString whyNotRunAgain() const;
    static void forgetInterventions(Document& document);
    static void forgetHiddenWords(Document& document);
    void startRun(const QString& text, const Json& options);
    QString whatIsMissing() const;
    RunSpec specOfDocument() const;
    void startJob(const std::vector<Intervention>& interventions);
    void takeBaseline(const QString& capturePath);
    void showRunResult(const QString& capturePath);
    void takeRunResult(const OpenedCapture& opened);
    void endRun();
    void trimCache(const std::filesystem::path& keep);
    void onRunFailed(const Error& error);

    EngineClient& m_engine;
    CaptureCache m_cache;
    Document m_document;
    QUndoStack m_undoStack;
    std::map<QString, ModelInputs> m_modelInputs; ///< by folder
    QPointer<RunJob> m_job;
    QPointer<RunJob> m_planJob;
    DType m_storageType = DType::F32;
    std::vector<PlannedGroup> m_plannedGroups;
    QSet<QString> m_leftOutGroups;
    RunSpec m_runSpec;                            ///< of the run under way
    SpeechOptions m_runListening;                 ///< those it was started with
    std::shared_ptr<const Capture> m_runBaseline; ///< what it will be compared with
    QString m_runText;                            ///< the run under way in the history
    QString m_interventionText;                   ///< the change of interventions not run yet
    int m_interventionId = 0;                     ///< merge id of its command
    int m_lastMergeId = 100;                      ///< those below belong to other kinds of change
    std::optional<Hearing> m_hearing;             ///< the spoken question that is being written down
    QString m_pictureModel;                       ///< folders
    QString m_speechModel;
    bool m_running = false;
    bool m_engineDied = false; ///< during the run that is failing
    int m_runId = 0;           ///< results of older runs are dropped
    int m_openId = 0;          ///< a picture or capture opened later wins
    int m_recordingId = 0;     ///< as does a recording
    int m_modelId = 0;
    int m_modelsUnderWay = 0;   ///< summaries being read
    int m_picturesUnderWay = 0; ///< being decoded
    struct AfterReads
    {
        bool alsoPictures = false;
        std::function<void()> act;
    };
    std::vector<AfterReads> m_afterReads;
    std::vector<std::pair<std::weak_ptr<const Capture>, QString>> m_savedCaptures; ///< and where
};

} // namespace heedmap
