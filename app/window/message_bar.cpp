#include "app/window/message_bar.h"

#include "app/window/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QTimer>
#include <QToolButton>

namespace heedmap {

namespace {

constexpr int kNoteMilliseconds = 5000;

/// Messages of core begin in lower case; names of files stay as they are.
QString asSentence(QString message)
{
    static const QRegularExpression plainWord(QStringLiteral("^[a-z]+( |$)"));
    if (plainWord.match(message).hasMatch())
        message[0] = message[0].toUpper();
    return message;
}

} // namespace

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), m_text(new QLabel), m_action(new QPushButton), m_close(new QToolButton)
{
    setObjectName("message");
    setAccessibleName(tr("Message"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setTextFormat(Qt::PlainText);
    m_close->setIcon(themedIcon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 6, 6);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_act)
            m_act();
    });
    hide();
}

void MessageBar::showError(const QString& message)
{
    display(message, {}, {});
}

void MessageBar::showError(const QString& message, const QString& actionText, std::function<void()> act)
{
    display(message, actionText, std::move(act));
}

void MessageBar::showNote(const QString& message)
{
    display(message, {}, {});
    QTimer::singleShot(kNoteMilliseconds, this, [this, shown = m_shownCount] {
        if (shown == m_shownCount)
            hide();
    });
}

QString MessageBar::message() const
{
    return m_text->text();
}

void MessageBar::display(const QString& message, const QString& actionText, std::function<void()> act)
{
    ++m_shownCount;
    const QString sentence = asSentence(message);
    m_text->setText(sentence);
    m_act = std::move(act);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
    setAccessibleDescription(sentence);
    show();
}

} // namespace heedmap
