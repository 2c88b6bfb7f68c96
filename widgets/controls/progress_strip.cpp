#include "widgets/controls/progress_strip.h"

#include <QHBoxLayout>

#include <algorithm>

namespace heedmap {

ProgressStrip::ProgressStrip(QWidget* parent)
    : QWidget(parent), m_text(new QLabel), m_progress(new QProgressBar), m_button(new QPushButton)
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_text->setObjectName("muted");
    m_text->setMinimumWidth(1);
    m_progress->setFixedWidth(120);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress"));
    layout->addWidget(m_text, 1);
    layout->addWidget(m_progress);
    layout->addWidget(m_button);
}

void ProgressStrip::setStatement(const QString& text)
{
    m_statement = text;
    showText();
}

void ProgressStrip::setHint(const QString& text)
{
    m_hint = text;
    showText();
}

void ProgressStrip::showText()
{
    m_text->setTextFormat(m_hint.isEmpty() ? Qt::PlainText : Qt::RichText);
    m_text->setText(m_hint.isEmpty() ? m_statement : m_hint);
    m_text->setToolTip(m_statement.toHtmlEscaped());
}

void ProgressStrip::setWork(StripWork work, int done, int expected)
{
    m_progress->setVisible(work == StripWork::Working);
    m_progress->setRange(0, std::max(1, expected));
    m_progress->setValue(done);
    m_button->setVisible(work != StripWork::None);
    m_button->setText(work == StripWork::Stopped ? tr("Continue") : tr("Stop"));
}

} // namespace heedmap
