#include "app/window/recording_card.h"

#include "app/window/play_button.h"
#include "app/window/recording_button.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kMostBeamsOffered = 16;

/// "English (en)", or the code alone where nobody knows the language.
QString languageTitle(const QString& code)
{
    const QLocale locale(code);
    const QString name = locale.language() == QLocale::C ? QString() : QLocale::languageToString(locale.language());
    return name.isEmpty() ? code : QStringLiteral("%1 (%2)").arg(name, code);
}

} // namespace

RecordingCard::RecordingCard(Session& session, Playback& playback, QWidget* parent)
    : QWidget(parent), m_session(session), m_button(new RecordingButton(playback)), m_name(new QLabel),
      m_detail(new QLabel), m_language(new QComboBox), m_beams(new QSpinBox), m_timestamps(new QCheckBox(tr("&Times")))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_button);
    layout->addLayout(buildNames(playback));
    layout->addLayout(buildOptions());
    connectSession();
    showRecording();
    showChoices();
}

QLayout* RecordingCard::buildNames(Playback& playback)
{
    m_name->setTextFormat(Qt::PlainText);
    m_name->setMinimumWidth(0);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_detail->setObjectName("muted");
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(m_name);
    names->addWidget(m_detail);
    auto* row = new QHBoxLayout;
    row->addLayout(names, 1);
    row->addWidget(new PlayButton(playback));
    return row;
}

QLayout* RecordingCard::buildOptions()
{
    m_language->setAccessibleName(tr("Language"));
    m_language->setToolTip(tr("The language that is spoken. Left open, the model finds out."));
    m_language->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_language->setMinimumContentsLength(6);
    m_beams->setRange(1, 1);
    m_beams->setAccessibleName(tr("Beams"));
    m_beams->setToolTip(tr("Candidates the search keeps. With 1, the most probable token is taken each time."));
    m_timestamps->setToolTip(tr("The text says when each part was said; that of long recordings always does."));
    auto* second = new QHBoxLayout;
    auto* beams = new QLabel(tr("&Beams"));
    beams->setBuddy(m_beams);
    second->addWidget(beams);
    second->addWidget(m_beams);
    second->addStretch();
    second->addWidget(m_timestamps);
    auto* rows = new QVBoxLayout;
    rows->setSpacing(4);
    rows->addWidget(m_language);
    rows->addLayout(second);
    return rows;
}

void RecordingCard::connectSession()
{
    connect(m_button, &QPushButton::clicked, this, &RecordingCard::openRequested);
    connect(&m_session, &Session::recordingChanged, this, &RecordingCard::showRecording);
    connect(&m_session, &Session::modelChanged, this, &RecordingCard::showChoices);
    connect(&m_session, &Session::speechOptionsChanged, this, &RecordingCard::showOptions);
    connect(m_language, &QComboBox::activated, this, [this] {
        change([](SpeechOptions& options, const RecordingCard& card) {
            options.language = card.m_language->currentData().toString();
        });
    });
    connect(m_beams, &QSpinBox::valueChanged, this, [this] {
        change([](SpeechOptions& options, const RecordingCard& card) { options.beams = card.m_beams->value(); });
    });
    connect(m_timestamps, &QCheckBox::clicked, this, [this] {
        change([](SpeechOptions& options, const RecordingCard& card) {
            options.timestamps = card.m_timestamps->isChecked();
        });
    });
}

void RecordingCard::showRecording()
{
    const auto& recording = m_session.document().recording;
    m_button->setRecording(recording);
    showName();
    m_detail->setText(recording ? recordingDetail(*recording) : tr("WAV, FLAC, OGG, MP3 or AIFF"));
    m_button->setAccessibleDescription(m_name->toolTip() + u' ' + m_detail->text());
}

void RecordingCard::showName()
{
    const auto& recording = m_session.document().recording;
    const QString name = recording ? recording->name : tr("No recording");
    m_name->setText(m_name->fontMetrics().elidedText(name, Qt::ElideMiddle, std::max(1, m_name->width())));
    m_name->setToolTip(recording ? name : QString());
}

void RecordingCard::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layout()->activate(); // the label has its new width
    showName();
}

void RecordingCard::showChoices()
{
    const SpeechChoices choices = m_session.speechChoices();
    m_language->clear();
    m_language->addItem(tr("Any language"), QString());
    for (const QString& code : choices.languages)
        m_language->addItem(languageTitle(code), code);
    m_language->setVisible(choices.languages.size() > 1);
    const QSignalBlocker blocker(m_beams);
    m_beams->setMaximum(std::clamp(choices.mostBeams, 1, kMostBeamsOffered));
    m_beams->setVisible(choices.mostBeams > 1);
    showOptions();
}

void RecordingCard::showOptions()
{
    const SpeechOptions& options = m_session.document().listening;
    m_language->setCurrentIndex(std::max(0, m_language->findData(options.language)));
    const QSignalBlocker blocker(m_beams);
    m_beams->setValue(options.beams);
    m_timestamps->setChecked(options.timestamps);
}

/// Only what was touched: a language that this model does not have stays chosen for those that do.
void RecordingCard::change(void (*edit)(SpeechOptions& options, const RecordingCard& card))
{
    SpeechOptions options = m_session.document().listening;
    edit(options, *this);
    m_session.setSpeechOptions(options);
}

} // namespace heedmap
