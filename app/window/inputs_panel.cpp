#include "app/window/inputs_panel.h"

#include "app/window/drop_data.h"
#include "app/window/icons.h"
#include "app/window/model_notes.h"
#include "app/window/picture_button.h"
#include "app/window/recording_card.h"
#include "app/window/size_line.h"
#include "app/window/spoken_line.h"

#include <QClipboard>
#include <QEvent>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace heedmap {

namespace {

QLabel* heading(const QString& text)
{
    auto* label = new QLabel(text);
    label->setObjectName("heading");
    return label;
}

/// What the text is for; null: not known yet.
QString textHint(const ModelInputs* inputs)
{
    if (!inputs || !inputs->text)
        return InputsPanel::tr("A question or text for the model");
    return inputs->text->required ? inputs->text->title : InputsPanel::tr("%1, or nothing").arg(inputs->text->title);
}

QLabel* muted()
{
    auto* label = new QLabel;
    label->setObjectName("muted");
    label->setWordWrap(true);
    return label;
}

} // namespace

InputsPanel::InputsPanel(Session& session, Playback& playback, QWidget* parent)
    : QWidget(parent), m_session(session), m_modelName(new QLabel), m_modelType(muted()), m_modelDetail(muted()),
      m_engine(heading({})), m_notes(new ModelNotes), m_changeModel(new QPushButton(tr("&Model…"))), m_picture(nullptr),
      m_recording(new RecordingCard(session, playback)), m_question(new QPlainTextEdit), m_speak(new QToolButton),
      m_questionRow(buildQuestionRow()), m_run(new QPushButton(tr("&Run"))), m_cancel(new QPushButton(tr("Cancel"))),
      m_progress(new QProgressBar), m_stage(muted()), m_wrong(heading({})), m_gallery(new SampleGallery)
{
    buildQuestion();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(6);
    layout->addWidget(buildModelCard());
    layout->addSpacing(4);
    layout->addWidget(buildPictureCard());
    layout->addWidget(m_recording);
    layout->addWidget(m_questionRow);
    layout->addWidget(new SpokenLine(session, playback));
    layout->addLayout(buildRunRow());
    layout->addWidget(new SizeLine(session));
    layout->addWidget(m_progress);
    layout->addWidget(m_stage);
    layout->addSpacing(4);
    layout->addLayout(buildSamplesHeading());
    layout->addWidget(m_gallery, 1);
    setMinimumWidth(210);
    connectSession();
}

QWidget* InputsPanel::buildModelCard()
{
    auto* card = new QFrame;
    card->setObjectName("card");
    m_modelName->setObjectName("modelName");
    m_changeModel->setToolTip(tr("Open another model folder"));
    auto* top = new QHBoxLayout;
    top->addWidget(m_modelName, 1);
    top->addWidget(m_changeModel);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(m_engine, 1);
    bottom->addWidget(m_notes);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(10, 6, 6, 8);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(m_modelType);
    layout->addWidget(m_modelDetail);
    layout->addLayout(bottom);
    connect(m_changeModel, &QPushButton::clicked, this, &InputsPanel::openModelRequested);
    return card;
}

QWidget* InputsPanel::buildPictureCard()
{
    auto* button = new PictureButton;
    m_picture = button;
    connect(button, &QPushButton::clicked, this, &InputsPanel::openPictureRequested);
    connect(&m_session, &Session::pictureChanged, button, [this, button] {
        button->setPicture(m_session.document().picture.image);
        button->setAccessibleDescription(m_session.document().picture.name);
    });
    return button;
}

QWidget* InputsPanel::buildQuestionRow()
{
    m_speak->setObjectName("choice");
    m_speak->setIcon(themedIcon(QStringLiteral("microphone")));
    m_speak->setAccessibleName(tr("Speak the question"));
    m_speak->setToolTip(tr("Speak it: open a recording of the question. A speech model writes down what it hears, and "
                           "the sound can be followed into the picture."));
    connect(m_speak, &QToolButton::clicked, this, &InputsPanel::speakQuestionRequested);
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_question, 1);
    row->addWidget(m_speak, 0, Qt::AlignTop);
    return widget;
}

void InputsPanel::buildQuestion()
{
    m_question->setAccessibleName(tr("Question"));
    m_question->setTabChangesFocus(true);
    m_question->setUndoRedoEnabled(false); // typing belongs to the document's history
    m_question->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_question->setFixedHeight(3 * QFontMetrics(m_question->font()).lineSpacing() + 14);
    m_question->setAcceptDrops(false); // the window takes them
    m_question->installEventFilter(this);
    connect(m_question, &QPlainTextEdit::textChanged, this,
            [this] { m_session.setQuestion(m_question->toPlainText()); });
}

QLayout* InputsPanel::buildRunRow()
{
    m_run->setObjectName("run");
    m_run->setToolTip(tr("Run the model (Ctrl+Return)"));
    m_cancel->setIcon(themedIcon(QStringLiteral("cancel")));
    m_cancel->setToolTip(tr("Stop this run (Ctrl+.)"));
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the run"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_progress, m_stage}) {
        QSizePolicy policy = widget->sizePolicy();
        policy.setRetainSizeWhenHidden(true); // short runs do not make the samples jump
        widget->setSizePolicy(policy);
    }
    auto* row = new QHBoxLayout;
    row->addWidget(m_run, 1);
    row->addWidget(m_cancel);
    connect(m_run, &QPushButton::clicked, &m_session, &Session::run);
    connect(m_cancel, &QPushButton::clicked, &m_session, &Session::cancelRun);
    return row;
}

QLayout* InputsPanel::buildSamplesHeading()
{
    auto* row = new QHBoxLayout;
    row->addWidget(heading(tr("SAMPLES")));
    row->addStretch();
    row->addWidget(m_wrong);
    return row;
}

void InputsPanel::setSamples(const std::vector<Sample>& samples)
{
    m_gallery->setSamples(samples);
    const int wrong = m_gallery->wrongCount();
    m_wrong->setText(wrong > 0 ? tr("%n WRONG", nullptr, wrong).replace(QStringLiteral("%n"), QString::number(wrong))
                               : QString());
    m_wrong->setToolTip(tr("A red mark: the shipped model's answer to this sample is wrong."));
}

void InputsPanel::connectSession()
{
    connect(&m_session, &Session::modelChanged, this, &InputsPanel::showModel);
    connect(&m_session, &Session::questionChanged, this, &InputsPanel::showQuestion);
    connect(&m_session, &Session::runStarted, this, [this] { showRunning(true); });
    connect(&m_session, &Session::runEnded, this, [this] { showRunning(false); });
    connect(&m_session, &Session::runProgress, this, &InputsPanel::showProgress);
    connect(&m_session.engine(), &EngineClient::stateChanged, this, &InputsPanel::showEngine);
    connect(m_gallery, &SampleGallery::sampleChosen, this, &InputsPanel::openSample);
    connect(m_recording, &RecordingCard::openRequested, this, &InputsPanel::openRecordingRequested);
    showModel();
    showQuestion();
    showEngine();
    showRunning(false);
}

void InputsPanel::openSample(const Sample& sample)
{
    m_session.openSample({QString::fromStdString(sample.picturePath), QString::fromStdString(sample.recordingPath),
                          QString::fromStdString(sample.question)});
}

void InputsPanel::showModel()
{
    const ModelSummary& model = m_session.document().model;
    m_modelName->setText(model.isNull() ? tr("No model") : model.name);
    m_modelName->setToolTip(model.folder);
    m_modelType->setText(model.architecture);
    m_modelType->setVisible(!model.architecture.isEmpty());
    const ModelInputs* inputs = m_session.modelInputs();
    m_picture->setVisible(m_session.takesPicture());
    m_recording->setVisible(m_session.takesRecording());
    m_questionRow->setVisible(m_session.takesText());
    m_question->setPlaceholderText(textHint(inputs));
    m_modelDetail->setText(model.detail);
    m_modelDetail->setVisible(!model.detail.isEmpty());
    m_notes->setNotes(inputs ? inputs->notes : QStringList());
}

void InputsPanel::showQuestion()
{
    const QString& question = m_session.document().question;
    if (m_question->toPlainText() == question)
        return;
    const QSignalBlocker blocker(m_question);
    m_question->setPlainText(question);
    m_question->moveCursor(QTextCursor::End);
}

void InputsPanel::showEngine()
{
    switch (m_session.engine().state()) {
    case EngineClient::State::Stopped:
        return m_engine->setText(tr("ENGINE NOT STARTED"));
    case EngineClient::State::Starting:
        return m_engine->setText(tr("ENGINE STARTING"));
    case EngineClient::State::Ready:
        return m_engine->setText(tr("ENGINE READY"));
    case EngineClient::State::Busy:
        return m_engine->setText(tr("ENGINE BUSY"));
    case EngineClient::State::Died:
        return m_engine->setText(tr("ENGINE DIED"));
    }
}

void InputsPanel::showRunning(bool running)
{
    m_cancel->setVisible(running);
    m_progress->setVisible(running);
    m_progress->setRange(0, 0);
    m_stage->setVisible(running);
    m_stage->clear();
    m_run->setEnabled(!running);
    m_run->setText(running ? tr("Running…") : tr("&Run"));
}

void InputsPanel::showProgress(const QString& stage, qint64 done, qint64 total)
{
    constexpr int kSteps = 1000;
    m_stage->setText(stage);
    m_progress->setRange(0, total > 0 ? kSteps : 0);
    m_progress->setValue(total > 0 ? static_cast<int>(done * kSteps / total) : 0);
}

bool InputsPanel::eventFilter(QObject* watched, QEvent* event)
{
    // Undo and redo belong to the document, wherever the cursor is; plain Return asks, Shift+Return makes a line.
    if (watched == m_question && (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress)) {
        auto* key = static_cast<QKeyEvent*>(event);
        const QMimeData* clipboard = QGuiApplication::clipboard()->mimeData();
        const bool pastesPicture =
            key->matches(QKeySequence::Paste) && clipboard && !clipboard->hasText() && holdsSomethingToOpen(*clipboard);
        if (pastesPicture || key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore();
            return true;
        }
        const bool isReturn = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (event->type() == QEvent::KeyPress && isReturn && key->modifiers() == Qt::NoModifier) {
            m_run->click();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace heedmap
